import { nameOf, type Container, type KubernetesObject, type Resources } from '../kubernetes/object';
import { amountOf } from '../kubernetes/quantity';
import { containersOf, type Workload } from '../kubernetes/workload';
import { operatedPodSetsOf } from '../output/demand';
import { exceptionOf, isOriginal } from './exceptions';
import type { OutputIndex } from './output-index';
import type { Rule } from './rule';

/** Pods ask for what they need, tell how they are, and get no more of the cluster than they use. */
export const podHygieneViolations: Rule = (index) => {
  const granted = grantedAccounts(index);
  return [
    ...index.workloads.flatMap((workload) => {
      const problems = [
        ...(isOriginal(workload.object) ? [] : habitProblems(index, granted, workload)),
        ...containersOf(workload.spec).flatMap((container) => wiringProblems(workload, container)),
        ...(workload.spec.enableServiceLinks === false
          ? []
          : ['its pods get a variable for each Service around them (set enableServiceLinks: false)']),
      ];
      return problems.map((problem) => `${nameOf(workload.object)}: ${problem}`);
    }),
    // Pods that operators make are theirs, but what they may use is said in the custom resource.
    ...index.objects
      .flatMap((object) => operatedPodSetsOf(object, index.output.declared.customResources))
      .flatMap(({ owner, containers }) =>
        containers.flatMap(resourceProblems).map((problem) => `${nameOf(owner)}: ${problem}`),
      ),
  ];
};

/** What pods of this project always do. */
const habitProblems = (index: OutputIndex, granted: ReadonlySet<string>, workload: Workload): string[] => [
  ...containersOf(workload.spec).flatMap((container) => resourceProblems(container)),
  ...probeProblems(index, workload),
  ...tokenProblems(index, granted, workload),
];

function resourceProblems({ name, resources = {} }: Pick<Container, 'name' | 'resources'>): string[] {
  const { requests = {}, limits = {} }: Resources = resources;
  return ['cpu', 'memory'].flatMap((resource) => {
    const request = requests[resource];
    const limit = limits[resource];
    if (request === undefined) return [`container ${name} requests no ${resource} (say how much it needs)`];
    if (limit === undefined) return [`container ${name} has no limit of ${resource} (say how much it may take)`];
    if (amountOf(request) <= amountOf(limit)) return [];
    return [`container ${name} requests ${request} of ${resource}, above its limit of ${limit} (raise the limit)`];
  });
}

interface Probe {
  readonly httpGet?: { readonly port?: number | string };
  readonly tcpSocket?: { readonly port?: number | string };
}

const probesOf = ({ startupProbe, readinessProbe, livenessProbe }: Container): Probe[] =>
  [startupProbe, readinessProbe, livenessProbe].filter((probe) => probe !== undefined) as Probe[];

/** The API server refuses mounts without a volume; a probe of a port that is not there never succeeds. */
function wiringProblems({ object, spec }: Workload, container: Container): string[] {
  const {
    name,
    ports = [],
    volumeMounts = [],
  } = container as Container & { volumeMounts?: readonly { name: string }[] };
  const { volumeClaimTemplates = [] } = object.spec as { volumeClaimTemplates?: readonly KubernetesObject[] };
  const volumes = new Set(
    [...(spec.volumes ?? []), ...volumeClaimTemplates.map(({ metadata }) => metadata)].map((volume) => volume.name),
  );
  const names = new Set(ports.map((port) => port.name));
  return [
    ...volumeMounts
      .filter((mount) => !volumes.has(mount.name))
      .map((mount) => `container ${name} mounts the volume ${mount.name}, which its pod does not have (add it)`),
    ...probesOf(container)
      .map(({ httpGet, tcpSocket }) => (httpGet ?? tcpSocket)?.port)
      .filter((port) => typeof port === 'string' && !names.has(port))
      .map((port) => `container ${name} is probed at port ${port}, which it does not have (name one of its ports)`),
  ];
}

const longRunning: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

const probeProblems = ({ output }: OutputIndex, { object, spec }: Workload): string[] =>
  longRunning.has(object.kind) && exceptionOf(output, object)?.withoutProbes !== true
    ? spec.containers
        .filter(({ readinessProbe, livenessProbe }) => readinessProbe === undefined && livenessProbe === undefined)
        .map(({ name }) => `container ${name} has neither a readiness nor a liveness probe (add one)`)
    : [];

/** Service accounts that some binding grants something, as `namespace/name`. */
function grantedAccounts({ objects }: OutputIndex): ReadonlySet<string> {
  const bindings = objects.filter(({ kind }) => kind === 'RoleBinding' || kind === 'ClusterRoleBinding');
  const subjects = bindings.flatMap(
    ({ subjects }) => (subjects ?? []) as readonly { kind: string; name: string; namespace?: string }[],
  );
  return new Set(
    subjects.filter(({ kind }) => kind === 'ServiceAccount').map(({ name, namespace }) => `${namespace}/${name}`),
  );
}

function tokenProblems(index: OutputIndex, granted: ReadonlySet<string>, { namespace, spec }: Workload): string[] {
  const { serviceAccountName: account = 'default', automountServiceAccountToken } = spec;
  const mounts =
    automountServiceAccountToken ?? index.find('ServiceAccount', namespace, account)?.automountServiceAccountToken;
  if (mounts === false || granted.has(`${namespace}/${account}`)) return [];
  return [`its pods get the token of ${account}, which is granted nothing (set automountServiceAccountToken: false)`];
}
