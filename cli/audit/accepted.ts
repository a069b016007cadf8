import type { Finding } from './judges';

/** Findings that are known, and stay. */
export interface Accepted extends Pick<Finding, 'judge' | 'check'> {
  /** Matches all of `object`. @default every object */
  readonly objects?: RegExp;
  readonly reason: string;
}

const ours = 'names of Jobs and Deployments that an operator makes are not in the output';

/** Each of them must still be found: what is fixed leaves this list. */
export const accepted: readonly Accepted[] = [
  {
    ...{ judge: 'checkov', check: 'CKV_K8S_15' },
    reason:
      'a tag is of one version and never moves, and with a lock of images a digest says so; asking the registry at each start would make every start depend on it',
  },
  {
    ...{ judge: 'checkov', check: 'CKV_K8S_43' },
    reason:
      'images.lock.json, beside your config, adds the digests (docs/images.md); registries were not asked for this repository',
  },
  {
    ...{ judge: 'checkov', check: 'CKV_K8S_40' },
    reason: 'the UID is the one that the authors of the image have made its files for; none is 0',
  },
  {
    ...{ judge: 'checkov', check: 'CKV_K8S_35' },
    reason:
      'most of these programs take credentials from variables alone; whoever may read the variables of a process may read its files, too',
  },
  {
    ...{ judge: 'checkov', check: 'CKV_K8S_38' },
    objects:
      /(Deployment|Job)\/.*\/(istiod|credentials-\w+|prefect-worker|prometheus-kube-(state-metrics|prometheus-operator)|seldon-controller-manager)/,
    reason: 'they use their token: they are operators, or read and make objects',
  },
  {
    ...{ judge: 'checkov', check: 'CKV_K8S_19' },
    objects: /DaemonSet\/.*\/prometheus-node-exporter/,
    reason: 'the network interfaces of a node are what it measures',
  },
  {
    ...{ judge: 'checkov', check: 'CKV_K8S_155' },
    objects: /ClusterRole\/default\/(istiod-clusterrole-istio-system|seldon-webhook-role-mlops-seldon)/,
    reason: 'both write the certificate of their own webhook into its configuration when they start',
  },
  {
    ...{ judge: 'checkov', check: 'CKV_K8S_49' },
    objects: /ClusterRole\/default\/istiod-clusterrole-istio-system/,
    reason: 'istiod reads all kinds of the API groups of Istio',
  },
  {
    ...{ judge: 'checkov', check: 'CKV2_K8S_5' },
    objects: /RoleBinding\/istio-system\/istio-ingressgateway/,
    reason: 'certificates of hosts, in a namespace without other Secrets',
  },
  {
    ...{ judge: 'kube-score', check: 'container-image-pull-policy' },
    reason: 'as checkov CKV_K8S_15',
  },
  {
    ...{ judge: 'kube-score', check: 'container-security-context-user-group-id' },
    reason: 'as checkov CKV_K8S_40',
  },
  {
    ...{ judge: 'kube-score', check: 'container-ephemeral-storage-request-and-limit' },
    reason: 'a limit evicts a pod whose log has grown, and how much each program writes has not been measured',
  },
  {
    ...{ judge: 'kube-score', check: 'pod-probes-identical' },
    reason: 'one request tells of both; where a restart is costly, the liveness probe waits for more failures',
  },
  {
    ...{ judge: 'kube-score', check: 'deployment-replicas' },
    reason: 'one replica is what the program allows, or what the profile says (README.md, Limits)',
  },
  {
    ...{ judge: 'kube-score', check: 'deployment-strategy' },
    objects: /Deployment\/.*\/(minio|drift-detector-.*|grafana|retraining)/,
    reason: 'a second pod would share the volume, the window or the record of trainings: Recreate is on purpose',
  },
  {
    ...{ judge: 'kube-score', check: 'networkpolicy-targets-pod' },
    objects:
      /NetworkPolicy\/(mlops-flows\/.*|.*\/(flow-runs|seldondeployments.*|prometheus-kube-prometheus-(prometheus|alertmanager)))/,
    reason: `they are for flow runs and for pods that operators make: ${ours}`,
  },
  {
    ...{ judge: 'kube-score', check: 'service-targets-pod' },
    objects: /Service\/.*\/prometheus-kube-prometheus-(prometheus|alertmanager|coredns)/,
    reason: `they are for pods that operators or the cluster make: ${ours}`,
  },
  {
    ...{ judge: 'kube-score', check: 'service-type' },
    objects: /Service\/istio-system\/istio-ingressgateway/,
    reason: 'models are reached through a node port, unless the config says otherwise',
  },
];
