import { containersOf, type Workload } from '../kubernetes/workload';
import { contextOf, everywhere, handlerHosts, perContainer, volumesExcept } from './security-context';

// The Pod Security Standards as the API server enforces them: k8s.io/pod-security-admission, policy/check_*.go. Where
// Kubernetes versions differ the strictest counts: manifests are to pass on every one of them.

export type Level = 'privileged' | 'baseline' | 'restricted';

/** One control of the standards. */
export interface Control {
  readonly id: string;
  /** The lowest level that has it. */
  readonly level: 'baseline' | 'restricted';
  /** What is against it: field and value, with the container where it is one's. */
  readonly problems: (pod: Workload) => string[];
}

const oneOf = (value: string | undefined, allowed: readonly string[]): boolean =>
  value === undefined || allowed.includes(value);

const list = (values: readonly string[]): string | undefined => (values.length === 0 ? undefined : values.join(', '));

const baselineCapabilities = [
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP'],
  ...['SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
];

const safeSysctls = [
  ...['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.ip_unprivileged_port_start'],
  ...['net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range'],
];

const restrictedVolumes = [
  ...['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected'],
  'secret',
];

export const controls: readonly Control[] = [
  {
    id: 'hostNamespaces',
    level: 'baseline',
    problems: ({ spec }) =>
      ['hostNetwork', 'hostPID', 'hostIPC']
        .filter((field) => spec[field] === true)
        .map((field) => `the pod sets ${field}`),
  },
  {
    id: 'privileged',
    level: 'baseline',
    problems: perContainer(({ privileged }) => (privileged === true ? 'is privileged' : undefined)),
  },
  {
    id: 'capabilities',
    level: 'baseline',
    problems: perContainer(({ capabilities }) => {
      const added = list((capabilities?.add ?? []).filter((name) => !baselineCapabilities.includes(name)));
      return added && `adds the capability ${added}`;
    }),
  },
  {
    id: 'hostPathVolumes',
    level: 'baseline',
    problems: ({ spec }) => volumesExcept(spec, (kind) => kind !== 'hostPath'),
  },
  {
    id: 'hostPorts',
    level: 'baseline',
    problems: ({ spec }) =>
      containersOf(spec).flatMap(({ name, ports = [] }) =>
        (ports as readonly { readonly hostPort?: number }[])
          .filter(({ hostPort = 0 }) => hostPort !== 0)
          .map(({ hostPort }) => `container ${name} takes port ${hostPort} of its host`),
      ),
  },
  {
    id: 'hostProbesAndHostLifecycle',
    level: 'baseline',
    problems: ({ spec }) =>
      containersOf(spec).flatMap((container) =>
        handlerHosts(container).map((host) => `container ${container.name} has a probe or hook with host ${host}`),
      ),
  },
  {
    id: 'appArmorProfile',
    level: 'baseline',
    problems: (pod) => [
      ...everywhere(({ appArmorProfile }) =>
        oneOf(appArmorProfile?.type, ['RuntimeDefault', 'Localhost']) ? undefined : 'has no AppArmor profile',
      )(pod),
      ...Object.entries(pod.annotations)
        .filter(([key]) => key.startsWith('container.apparmor.security.beta.kubernetes.io/'))
        .filter(([, value]) => value !== '' && value !== 'runtime/default' && !value.startsWith('localhost/'))
        .map(([key]) => `the pod is annotated with ${key}`),
    ],
  },
  {
    id: 'seLinuxOptions',
    level: 'baseline',
    problems: everywhere(({ seLinuxOptions: { type, user = '', role = '' } = {} }) =>
      oneOf(type, ['', 'container_t', 'container_init_t', 'container_kvm_t']) && user === '' && role === ''
        ? undefined
        : 'sets SELinux options',
    ),
  },
  {
    id: 'procMount',
    level: 'baseline',
    problems: perContainer(({ procMount }) =>
      oneOf(procMount, ['Default']) ? undefined : `sets procMount ${procMount}`,
    ),
  },
  {
    id: 'seccompProfile',
    level: 'baseline',
    problems: everywhere(({ seccompProfile }) =>
      oneOf(seccompProfile?.type, ['RuntimeDefault', 'Localhost'])
        ? undefined
        : `has the seccomp profile ${seccompProfile?.type}`,
    ),
  },
  {
    id: 'sysctls',
    level: 'baseline',
    problems: (pod) => {
      const unsafe = list(
        (contextOf(pod.spec).sysctls ?? []).flatMap(({ name }) => (safeSysctls.includes(name) ? [] : name)),
      );
      return unsafe === undefined ? [] : [`the pod sets ${unsafe}`];
    },
  },
  {
    id: 'windowsHostProcess',
    level: 'baseline',
    problems: everywhere(({ windowsOptions }) =>
      windowsOptions?.hostProcess === true ? 'is a process of its host' : undefined,
    ),
  },
  {
    id: 'restrictedVolumes',
    level: 'restricted',
    // A hostPath is reported as one.
    problems: ({ spec }) => volumesExcept(spec, (kind) => kind === 'hostPath' || restrictedVolumes.includes(kind)),
  },
  {
    id: 'allowPrivilegeEscalation',
    level: 'restricted',
    problems: perContainer(({ allowPrivilegeEscalation }) =>
      allowPrivilegeEscalation === false ? undefined : 'does not set allowPrivilegeEscalation: false',
    ),
  },
  {
    id: 'runAsNonRoot',
    level: 'restricted',
    problems: perContainer(({ runAsNonRoot }, pod) =>
      (runAsNonRoot ?? pod.runAsNonRoot) === true && pod.runAsNonRoot !== false
        ? undefined
        : 'does not set runAsNonRoot: true',
    ),
  },
  {
    id: 'runAsUser',
    level: 'restricted',
    problems: everywhere(({ runAsUser }) => (runAsUser === 0 ? 'runs as user 0' : undefined)),
  },
  {
    id: 'seccompProfileSet',
    level: 'restricted',
    problems: perContainer(({ seccompProfile }, pod) =>
      (seccompProfile ?? pod.seccompProfile) === undefined ? 'has no seccomp profile' : undefined,
    ),
  },
  {
    id: 'capabilitiesDropped',
    level: 'restricted',
    problems: perContainer(({ capabilities: { add = [], drop = [] } = {} }) => {
      if (!drop.includes('ALL')) return 'does not drop ALL capabilities';
      // Those that even the baseline forbids are reported there.
      const added = list(add.filter((name) => name !== 'NET_BIND_SERVICE' && baselineCapabilities.includes(name)));
      return added && `adds the capability ${added}`;
    }),
  },
];
