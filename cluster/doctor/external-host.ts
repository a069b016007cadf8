import { isIP } from 'node:net';
import { serviceSpec } from '../../lib/kubernetes/kube-service';
import { nameOf } from '../../lib/kubernetes/object';
import { about, some, type Finding } from './finding';
import type { ClusterFacts } from './facts';
import type { Platform } from './platform';

const { problem, warning, ok } = about('addresses');

/** How clients reach the services: IngressClasses, and the address of the nodes. */
export const examineAddresses = (platform: Platform, facts: ClusterFacts): Finding[] => [
  ...ofIngresses(platform, facts),
  ...ofNodes(platform, facts),
];

const defaultAnnotation = 'ingressclass.kubernetes.io/is-default-class'; // k8s.io/api, networking/v1

function ofIngresses({ objects }: Platform, { ingressClasses }: ClusterFacts): Finding[] {
  const ingresses = objects.filter(({ kind }) => kind === 'Ingress');
  if (ingresses.length === 0 || ingressClasses === undefined) return [];
  const names = ingressClasses.map(({ metadata }) => metadata.name);
  const there = names.length === 0 ? 'there is none at all' : `there is ${some(names)}`;
  const install = names.length === 0 ? 'install an ingress controller, or ' : '';
  const findings = ingresses.flatMap((ingress): Finding[] => {
    const { ingressClassName } = ingress.spec as { readonly ingressClassName?: string };
    if (ingressClassName !== undefined) {
      if (names.includes(ingressClassName)) return [];
      const text = `${nameOf(ingress)} is of IngressClass ${ingressClassName}, and ${there}`;
      return [problem(text, `${install}write className: … of that exposure with one that is there`)];
    }
    if (ingressClasses.some(({ metadata }) => metadata.annotations?.[defaultAnnotation] === 'true')) return [];
    const text = `${nameOf(ingress)} names no IngressClass, and none is the default (${there})`;
    return [problem(text, `${install}write className: '${names[0] ?? '…'}' to that exposure`)];
  });
  return findings.length > 0 ? findings : [ok(`${ingresses.length} Ingresses, of classes that are there`)];
}

function ofNodes({ config, objects }: Platform, { nodes }: ClusterFacts): Finding[] {
  const { externalHost } = config.cluster;
  const byPort = objects.some((object) => object.kind === 'Service' && serviceSpec(object).type === 'NodePort');
  if (!byPort || nodes === undefined) return [];
  const addresses = nodes.flatMap(({ status }) => (status?.addresses ?? []).map(({ address }) => address));
  if (addresses.includes(externalHost)) return [ok(`cluster.externalHost, ${externalHost}, is an address of a node`)];
  const known = `no address that a node says it has (${some([...new Set(addresses)]) || 'they say none'})`;
  const text = `cluster.externalHost, ${externalHost}, is ${known}: browsers and Kafka clients are sent there`;
  const kind = isIP(externalHost) === 0 ? 'a name in your DNS' : 'a balancer, or a public address';
  return [warning(text, `fine if it is ${kind} that leads to the nodes; else write the address of a node`)];
}
