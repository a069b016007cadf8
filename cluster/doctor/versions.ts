import { newestKubernetes } from '../../lib/helm/binary';
import { nameOf } from '../../lib/kubernetes/object';
import { about, groupBy, some, type Finding } from './finding';
import type { ClusterFacts } from './facts';
import type { Platform } from './platform';
import { programsOf } from './operators';
import { oldestKubernetes } from '../../lib/config/primitives';

const { problem, warning, ok } = about('Kubernetes version');

/** Compares the cluster's version with the project's, the config's and the operators'. */
export function examineVersion(
  { config, objects, operators }: Platform,
  { version, unserved }: ClusterFacts,
): Finding[] {
  const cluster = minorOf(version);
  if (cluster === undefined) {
    return [warning(`${version} is no version that can be compared`, 'compare it with the README by hand')];
  }
  const { kubernetesVersion } = config.cluster;
  const findings: Finding[] = [
    ...ofProject(version, cluster),
    ...(cluster < minor(kubernetesVersion) && cluster >= minor(oldestKubernetes)
      ? [
          problem(
            `${version} is older than cluster.kubernetesVersion, "${kubernetesVersion}"`,
            `write cluster: { kubernetesVersion: '1.${cluster}' }, and run npm run synth`,
          ),
        ]
      : []),
  ];
  const programs = programsOf(objects);
  const unsupported = operators.filter(
    ({ program, kubernetes: { from, to } }) =>
      programs.has(program) && (cluster < minor(from) || (to !== undefined && cluster > minor(to))),
  );
  const beyond = unsupported.map(({ name, version: release, kubernetes: { from, to } }) =>
    warning(
      `${name} ${release} is supported by its authors on Kubernetes ${from} ${to === undefined ? 'and later' : `to ${to}`}, and this is ${version}`,
      'try it on a cluster that you can lose first: the combination is not supported',
    ),
  );
  const missing = [...groupBy(unserved, ({ apiVersion, kind }) => `${kind} of ${apiVersion}`)].map(([kind, found]) =>
    problem(
      `the cluster does not know ${kind}, which ${some(found.map(nameOf))} ${found.length === 1 ? 'is' : 'are'} of`,
      'install what defines it (an external operator of the config brings its own definitions), or leave the service out',
    ),
  );
  const all = [...findings, ...missing, ...beyond];
  return all.length > 0 ? all : [ok(version)];
}

function ofProject(version: string, cluster: number): Finding[] {
  const range = `${oldestKubernetes} to ${newestKubernetes}`;
  if (cluster < minor(oldestKubernetes)) {
    return [problem(`${version}: the platform is written for ${range}`, `upgrade the cluster to ${oldestKubernetes}`)];
  }
  if (cluster > minor(newestKubernetes)) {
    return [warning(`${version}: the platform is written for ${range}`, 'look for a newer release of this project')];
  }
  return [];
}

const minor = (version: string): number => Number(version.split('.')[1]);

/** The minor version of a `gitVersion` such as `v1.31.2-gke.1`; undefined for anything but Kubernetes 1. */
function minorOf(version: string): number | undefined {
  const digits = /^v?1\.(\d+)/.exec(version)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
