import type { LiveObject } from '../../lib/kubernetes/live-object';

/** The fields of an `events.v1` or core `v1` Event that are read here. */
export interface Event {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly involvedObject: { readonly kind?: string; readonly name?: string };
}

interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: { readonly reason?: string; readonly exitCode?: number };
  readonly running?: object;
}

interface ContainerStatus {
  readonly name: string;
  readonly image?: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

interface PodStatus {
  readonly phase?: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly containerStatuses?: readonly ContainerStatus[];
}

/** Highest number of causes per workload; pods that share a cause count once. */
const mostLines = 4;

/**
 * Why the pods of a workload do not start: one line per cause, with its remedy; empty when nothing is known. For a
 * workload without pods the events of its controllers explain it, such as a full quota.
 *
 * Reasons of containers and events: kubernetes/kubernetes, pkg/kubelet/{images/types.go,container/sync_result.go,
 * events/event.go}, and pkg/controller/controller_utils.go for FailedCreate.
 */
export function diagnose(workload: LiveObject, pods: readonly LiveObject[], events: readonly Event[]): string[] {
  const warnings = events.filter(({ type }) => type === 'Warning').sort((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1));
  const lines =
    pods.length === 0
      ? warnings
          .filter(
            ({ involvedObject: { name = '' } }) =>
              name === workload.metadata.name || name.startsWith(`${workload.metadata.name}-`),
          )
          .filter(({ reason }) => reason === 'FailedCreate')
          .slice(0, 1)
          .map(({ message = '' }) => failedCreate(message))
      : pods.filter((pod) => !isReady(pod)).flatMap((pod) => leftLine(workload, pod) ?? podLines(pod, warnings));
  return [...new Set(lines)].slice(0, mostLines);
}

const timeOf = ({ lastTimestamp, eventTime }: Event): string => lastTimestamp ?? eventTime ?? '';

const statusOf = (pod: LiveObject): PodStatus => pod.status ?? {};

const conditionOf = (pod: LiveObject, type: string) =>
  statusOf(pod).conditions?.find((condition) => condition.type === type);

const isReady = (pod: LiveObject): boolean =>
  conditionOf(pod, 'Ready')?.status === 'True' || statusOf(pod).phase === 'Succeeded';

function failedCreate(message: string): string {
  if (/exceeded quota/.test(message))
    return `no pod can be made: ${message} (raise the ResourceQuota, or choose a smaller size)`;
  return `no pod can be made: ${message}`;
}

/**
 * A StatefulSet replaces no pod before it is ready, not even one that cannot become so, unless its pods are managed in
 * parallel (kubernetes 1.36, pkg/controller/statefulset/stateful_set_control.go).
 */
function leftLine({ kind, spec = {}, status = {} }: LiveObject, { metadata }: LiveObject): string[] | undefined {
  const { updateRevision } = status as { readonly updateRevision?: string };
  const { podManagementPolicy } = spec as { readonly podManagementPolicy?: string };
  const { name, namespace = '', labels = {}, deletionTimestamp } = metadata;
  if (kind !== 'StatefulSet' || updateRevision === undefined || podManagementPolicy === 'Parallel') return undefined;
  if (labels['controller-revision-hash'] === updateRevision || deletionTimestamp !== undefined) return undefined;
  return [
    `pod ${name} is from before the change and not ready, and Kubernetes replaces it only once it is (kubectl -n ${namespace} delete pod ${name})`,
  ];
}

function podLines(pod: LiveObject, warnings: readonly Event[]): string[] {
  const { name, namespace = '' } = pod.metadata;
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status === 'False') {
    const claims = claimsOf(pod);
    const claim = warnings.find(
      ({ involvedObject }) =>
        involvedObject.kind === 'PersistentVolumeClaim' && claims.includes(involvedObject.name ?? ''),
    );
    if (claim !== undefined) {
      const { involvedObject, message = '' } = claim;
      return [
        `pod ${name} waits for its volume: PersistentVolumeClaim ${namespace}/${involvedObject.name ?? ''}: ${message} (does the cluster have a default StorageClass? kubectl get storageclass)`,
      ];
    }
    return [
      `pod ${name} has no node: ${scheduled.message ?? 'no reason given'} (add a node, or choose a smaller size)`,
    ];
  }
  const { initContainerStatuses = [], containerStatuses = [] } = statusOf(pod);
  const own = warnings.filter(({ involvedObject }) => involvedObject.kind === 'Pod' && involvedObject.name === name);
  const stuck = [...initContainerStatuses, ...containerStatuses].flatMap((container) =>
    containerLine(pod, container, own),
  );
  if (stuck.length > 0) return stuck.slice(0, 1);
  const [event] = own;
  if (event !== undefined) return [`pod ${name}: ${event.message ?? event.reason ?? ''}`];
  return [`pod ${name} is starting`];
}

const claimsOf = (pod: LiveObject): string[] =>
  ((pod.spec as { volumes?: readonly { persistentVolumeClaim?: { claimName: string } }[] }).volumes ?? []).flatMap(
    ({ persistentVolumeClaim }) => (persistentVolumeClaim === undefined ? [] : [persistentVolumeClaim.claimName]),
  );

/**
 * Why a container does not run. The kubelet's words alternate while it retries; a cause keeps its line through all of
 * them.
 *
 * @param events warnings about the pod, the newest first
 */
function containerLine(pod: LiveObject, container: ContainerStatus, events: readonly Event[]): string[] {
  const { name, namespace = '' } = pod.metadata;
  const { waiting, terminated, running } = container.state ?? {};
  const { reason = '', message = '' } = waiting ?? {};
  const [event] = events;
  const who = `pod ${name}, container ${container.name}`;
  const log = `kubectl -n ${namespace} logs ${name} -c ${container.name}`;
  const end = (state: ContainerState | undefined): string => `${who} keeps ending${endOf(state)} (${log} --previous)`;
  const pull = pullFailure(container, events);
  if (pull !== undefined)
    return [
      `${who}: the node cannot get the image ${container.image ?? ''}: ${pull} (see images in config.ts: registry, overrides, pullSecrets)`,
    ];
  switch (reason) {
    case 'CreateContainerConfigError': {
      const secret = /secret "([^"]+)" not found/.exec(message)?.[1];
      if (secret === undefined) return [`${who}: ${message}`];
      return [
        `${who} waits for Secret ${namespace}/${secret} (the Job of 20-credentials.yaml makes it, and its log says what is amiss; with another secrets.mode you or your operator make it)`,
      ];
    }
    case 'CrashLoopBackOff':
      return [end(container.lastState)];
    case '':
    case 'PodInitializing':
      break;
    case 'ContainerCreating':
      return event === undefined ? [] : [`pod ${name}: ${event.message ?? event.reason ?? ''}`];
    default:
      return [`${who}: ${reason}${message === '' ? '' : `: ${message}`}`];
  }
  if (isFailure(terminated)) {
    const { restartPolicy } = pod.spec as { readonly restartPolicy?: string };
    return [restartPolicy === 'Never' ? `${who} has ended${endOf(container.state)} (${log})` : end(container.state)];
  }
  if (running !== undefined && container.ready === false) {
    const probe = event?.reason === 'Unhealthy' ? `: ${event.message ?? ''}` : '';
    if (probe === '' && isFailure(container.lastState?.terminated)) return [end(container.lastState)];
    if (container.restartCount === 0 && probe === '') return [];
    return [`${who} runs but is not ready${probe} (${log})`];
  }
  return [];
}

/** Reasons of a waiting container whose image is not there (kubernetes 1.36, pkg/kubelet/images/types.go). */
const pullReasons: readonly string[] = [
  ...['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull', 'RegistryUnavailable'],
  ...['ImageInspectError', 'SignatureValidationFailed'],
];

/**
 * Why the image of a container is not there; undefined if that is not what it waits for. Between attempts the kubelet
 * says `Back-off pulling image "…"`, and only newer ones repeat the reason behind it; each attempt may name another
 * address and port (pkg/kubelet/images/image_manager.go).
 */
function pullFailure({ image = '', state }: ContainerStatus, events: readonly Event[]): string | undefined {
  const { reason = '', message = '' } = state?.waiting ?? {};
  const event = events.find(({ message: said = '' }) => said.startsWith(`Failed to pull image "${image}": `));
  const failed = pullReasons.includes(reason);
  if (!failed && !(reason === 'ContainerCreating' && event !== undefined)) return undefined;
  const said = failed ? message.replace(/^Back-off pulling image "[^"]*"(: [A-Z]\w+: )?/, '') : '';
  const cause = said === '' ? (event?.message ?? '').replace(/^Failed to pull image "[^"]*": /, '') : said;
  return cause.replace(/\b(dial|read|write) (tcp|udp) \S+: /g, '') || message || reason;
}

const isFailure = (terminated: ContainerState['terminated']): boolean => (terminated?.exitCode ?? 0) !== 0;

function endOf(state: ContainerState | undefined): string {
  const { reason, exitCode } = state?.terminated ?? {};
  if (reason === 'OOMKilled') return ', out of memory (raise its limit with size in config.ts)';
  return exitCode === undefined ? '' : ` with exit code ${exitCode}`;
}
