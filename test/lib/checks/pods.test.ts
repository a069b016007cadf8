import { accepts, finds } from './faults';
import { goodPod, type Draft, type Loose } from './small-output';

const web = 'Deployment/mlops-web/web';

const role = (draft: Draft, name: string): Loose =>
  draft.add(40, `rbac.authorization.k8s.io/v1 Role mlops-web/${name}`, { rules: [] });

const binding = (draft: Draft, kind: string, name: string, account = 'web'): Loose =>
  draft.add(40, 'rbac.authorization.k8s.io/v1 RoleBinding mlops-web/web', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace: 'mlops-web' }],
  });

const restricted = 'of the restricted level: namespace mlops-web enforces restricted';

const baseline = 'of the baseline level: namespace mlops-web enforces restricted';

finds('pod security', [
  [
    'a container that may run as root, gain rights and keep capabilities',
    (draft) => {
      delete draft.pod.securityContext.runAsNonRoot;
      draft.container.securityContext = {};
    },
    `${web}: container web does not set allowPrivilegeEscalation: false (allowPrivilegeEscalation ${restricted})`,
    `${web}: container web does not set runAsNonRoot: true (runAsNonRoot ${restricted})`,
    `${web}: container web does not drop ALL capabilities (capabilitiesDropped ${restricted})`,
  ],
  [
    'a user 0 and no seccomp profile',
    (draft) => {
      draft.pod.securityContext.runAsUser = 0;
      delete draft.pod.securityContext.seccompProfile;
    },
    `${web}: the pod runs as user 0 (runAsUser ${restricted})`,
    `${web}: container web has no seccomp profile (seccompProfileSet ${restricted})`,
  ],
  [
    'everything that only the privileged level allows',
    (draft) => {
      Object.assign(draft.pod, { hostNetwork: true, hostPID: true, hostIPC: true });
      draft.pod.volumes.push({ name: 'root', hostPath: { path: '/' } });
      draft.container.ports[0].hostPort = 80;
      Object.assign(draft.pod.securityContext, {
        appArmorProfile: { type: 'Unconfined' },
        seLinuxOptions: { type: 'spc_t' },
        sysctls: [{ name: 'kernel.msgmax', value: '1' }],
        windowsOptions: { hostProcess: true },
      });
      Object.assign(draft.container.securityContext, {
        privileged: true,
        procMount: 'Unmasked',
        seccompProfile: { type: 'Unconfined' },
        capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] },
      });
      draft.container.readinessProbe.httpGet.host = '127.0.0.1';
    },
    ...['hostNetwork', 'hostPID', 'hostIPC'].map(
      (field) => `${web}: the pod sets ${field} (hostNamespaces ${baseline})`,
    ),
    `${web}: container web is privileged (privileged ${baseline})`,
    `${web}: container web adds the capability SYS_ADMIN (capabilities ${baseline})`,
    `${web}: volume root is a hostPath (hostPathVolumes ${baseline})`,
    `${web}: container web takes port 80 of its host (hostPorts ${baseline})`,
    `${web}: container web has a probe or hook with host 127.0.0.1 (hostProbesAndHostLifecycle ${baseline})`,
    `${web}: the pod has no AppArmor profile (appArmorProfile ${baseline})`,
    `${web}: the pod sets SELinux options (seLinuxOptions ${baseline})`,
    `${web}: container web sets procMount Unmasked (procMount ${baseline})`,
    `${web}: container web has the seccomp profile Unconfined (seccompProfile ${baseline})`,
    `${web}: the pod sets kernel.msgmax (sysctls ${baseline})`,
    `${web}: the pod is a process of its host (windowsHostProcess ${baseline})`,
  ],
  [
    "a kind of volume that the restricted level does not know, in an init container's pod too",
    (draft) => {
      draft.pod.volumes.push({ name: 'share', nfs: { server: 'nfs.example.org', path: '/' } });
      const { resources } = draft.container;
      draft.pod.initContainers = [
        {
          name: 'init',
          image: 'a/b:1',
          resources,
          securityContext: { capabilities: { drop: ['ALL'], add: ['CHOWN'] } },
        },
      ];
    },
    `${web}: volume share is a nfs (restrictedVolumes ${restricted})`,
    `${web}: container init does not set allowPrivilegeEscalation: false (allowPrivilegeEscalation ${restricted})`,
    `${web}: container init adds the capability CHOWN (capabilitiesDropped ${restricted})`,
  ],
  [
    'a pod that could be more restricted than its namespace asks for',
    (draft) => {
      draft.find('Namespace', 'mlops-web').metadata.labels['pod-security.kubernetes.io/enforce'] = 'privileged';
      draft.container.securityContext.allowPrivilegeEscalation = true;
    },
    `${web}: container web does not set allowPrivilegeEscalation: false (allowPrivilegeEscalation of the restricted level: restrict it, or except it with a reason)`,
  ],
]);

finds('pods', [
  [
    'a container without requests or limits',
    (draft) => {
      delete draft.container.resources.requests.cpu;
      delete draft.container.resources.limits.memory;
    },
    `${web}: container web requests no cpu (say how much it needs)`,
    `${web}: container web has no limit of memory (say how much it may take)`,
  ],
  [
    'a request above its limit',
    (draft) => (draft.container.resources.requests.memory = '1Gi'),
    `${web}: container web requests 1Gi of memory, above its limit of 128Mi (raise the limit)`,
  ],
  [
    'a server without a probe',
    (draft) => delete draft.container.readinessProbe,
    `${web}: container web has neither a readiness nor a liveness probe (add one)`,
  ],
  [
    'a probe of a port that is not there',
    (draft) => (draft.container.readinessProbe.httpGet.port = 'web'),
    `${web}: container web is probed at port web, which it does not have (name one of its ports)`,
  ],
  [
    'a mount of a volume that is not there',
    (draft) => draft.container.volumeMounts.push({ name: 'cache', mountPath: '/cache' }),
    `${web}: container web mounts the volume cache, which its pod does not have (add it)`,
  ],
  [
    'a token that is good for nothing',
    (draft) => (draft.pod.automountServiceAccountToken = true),
    `${web}: its pods get the token of web, which is granted nothing (set automountServiceAccountToken: false)`,
  ],
  [
    'the token of the default account',
    (draft) => {
      delete draft.pod.automountServiceAccountToken;
      delete draft.pod.serviceAccountName;
    },
    `${web}: its pods get the token of default, which is granted nothing (set automountServiceAccountToken: false)`,
  ],
  [
    'variables for every Service around',
    (draft) => delete draft.pod.enableServiceLinks,
    `${web}: its pods get a variable for each Service around them (set enableServiceLinks: false)`,
  ],
]);

accepts('pods', [
  [
    'a token whose account is granted something',
    (draft) => {
      draft.pod.automountServiceAccountToken = true;
      role(draft, 'reader');
      binding(draft, 'Role', 'reader');
    },
  ],
  ['what the account says where the pod says nothing', (draft) => delete draft.pod.automountServiceAccountToken],
  [
    'a Job without probes',
    (draft) => {
      const template = goodPod('job');
      template.spec.restartPolicy = 'Never';
      delete template.spec.containers[0].readinessProbe;
      draft.add(40, 'batch/v1 Job mlops-web/job', { spec: { template } });
    },
  ],
]);
