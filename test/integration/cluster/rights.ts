/**
 * What a program asks of the API server, each as `verb resource.group/subresource:name in namespace`. Without a group it
 * is the core one; without a namespace it is every one, or a kind that has none.
 */
export interface Rights {
  readonly calls: readonly string[];
  /** Where the calls are made, or that there are none. */
  readonly source: string;
  /** What no program may do by the list below, and this one must. @default nothing */
  readonly unusual?: Readonly<Record<string, string>>;
}

const nothing = (source: string): Rights => ({ calls: [], source });

const read = (...resources: string[]): string[] =>
  resources.flatMap((resource) => [`list ${resource}`, `watch ${resource}`]);

/** Every ServiceAccount of the platform: namespace/name → what it is for. */
export const rights: Readonly<Record<string, Rights>> = {
  'mlops-credentials/credentials': {
    calls: [
      'create secrets in mlops-mlflow',
      'get secrets:mlflow-secret in mlops-mlflow',
      'patch secrets:mlflow-secret in mlops-mlflow',
      'get secrets:minio in mlops-minio',
      'create secrets in mlops-models',
    ],
    source: 'programs/credentials/secrets.ts',
    unusual: { 'get secrets:mlflow-secret in mlops-mlflow': 'it makes this Secret, and completes it' },
  },
  'mlops-storage/nfs-subdir-external-provisioner': {
    calls: [
      ...read('persistentvolumeclaims', 'persistentvolumes', 'storageclasses.storage.k8s.io'),
      'create persistentvolumes',
      'delete persistentvolumes',
      'create events',
      'create endpoints in mlops-storage',
    ],
    source: 'nfs-subdir-external-provisioner 4.0.2, deploy/rbac.yaml',
    unusual: { 'create endpoints in mlops-storage': 'its lock' },
  },
  'istio-system/istiod': {
    calls: [
      ...read('namespaces', 'nodes', 'pods', 'services', 'endpointslices.discovery.k8s.io', 'configmaps'),
      ...read(
        'mutatingwebhookconfigurations.admissionregistration.k8s.io',
        'gateways.networking.istio.io',
        'virtualservices.networking.istio.io',
        'customresourcedefinitions.apiextensions.k8s.io',
      ),
      'create configmaps',
      'update configmaps:istio-ca-root-cert',
      'create tokenreviews.authentication.k8s.io',
      'create subjectaccessreviews.authorization.k8s.io',
      'create secrets in istio-system',
      'update secrets:istio-ca-secret in istio-system',
      'update configmaps:istio-leader in istio-system',
      'update validatingwebhookconfigurations.admissionregistration.k8s.io:istiod-default-validator',
    ],
    source:
      'istio 1.31: pilot/pkg/serviceregistry/kube/controller, security/pkg/k8s/tokenreview/k8sauthn.go, ' +
      'pilot/pkg/credentials/kube/secrets.go, ' +
      'security/pkg/pki/ca/ca.go, pilot/pkg/leaderelection/leaderelection.go',
    unusual: {
      'list secrets': 'certificates that a Gateway names may lie in any namespace',
      'list secrets in istio-system': 'the same',
    },
  },
  'istio-system/istio-ingressgateway': {
    calls: [],
    source: 'the gateway has no token; istiod asks whether its account may list Secrets before it hands out one',
    unusual: {
      'list secrets in istio-system': 'what istiod asks (istio 1.31, pilot/pkg/credentials/kube/secrets.go)',
    },
  },
  'istio-system/istio-egressgateway': {
    calls: [],
    source: 'as the ingress gateway',
    unusual: {
      'list secrets in istio-system': 'what istiod asks (istio 1.31, pilot/pkg/credentials/kube/secrets.go)',
    },
  },
  'mlops-prometheus/prometheus-kube-prometheus-operator': {
    calls: [
      ...read(
        'servicemonitors.monitoring.coreos.com',
        'podmonitors.monitoring.coreos.com',
        'prometheusrules.monitoring.coreos.com',
      ),
      ...read(
        'prometheuses.monitoring.coreos.com in mlops-prometheus',
        'alertmanagers.monitoring.coreos.com in mlops-prometheus',
        'alertmanagerconfigs.monitoring.coreos.com in mlops-prometheus',
      ),
      'get alertmanagerconfigs.monitoring.coreos.com in mlops-prometheus',
      'update prometheuses.monitoring.coreos.com/status in mlops-prometheus',
      'update alertmanagers.monitoring.coreos.com/status in mlops-prometheus',
      'patch prometheuses.monitoring.coreos.com in mlops-prometheus',
      'patch alertmanagers.monitoring.coreos.com in mlops-prometheus',
      'create statefulsets.apps in mlops-prometheus',
      'update statefulsets.apps in mlops-prometheus',
      'create secrets in mlops-prometheus',
      'update secrets in mlops-prometheus',
      'create configmaps in mlops-prometheus',
      'create services in mlops-prometheus',
      'list nodes',
      'create endpoints in mlops-prometheus',
      'update endpoints:prometheus-kube-prometheus-kubelet in mlops-prometheus',
    ],
    source:
      'prometheus-operator v0.94.1, cmd/operator/main.go, pkg/prometheus/server/operator.go, pkg/alertmanager/operator.go ' +
      '(informers of alertmanagerconfigs, Get in provisionAlertmanagerConfiguration), pkg/kubelet/controller.go',
    unusual: {
      'create statefulsets.apps in mlops-prometheus': 'Prometheus and Alertmanager',
      'create services in mlops-prometheus': 'theirs',
      'create endpoints in mlops-prometheus': 'the kubelets, for Prometheus to find',
      'list secrets in mlops-prometheus':
        'the configuration that it generates is a Secret, and monitors may name others',
      'get secrets in mlops-prometheus': 'the same',
    },
  },
  'mlops-prometheus/prometheus-kube-prometheus-prometheus': {
    calls: [
      ...read('services', 'endpointslices.discovery.k8s.io', 'pods', 'nodes'),
      'get nodes/metrics',
      'get /metrics',
    ],
    source: 'prometheus v3.13.5, discovery/kubernetes/kubernetes.go',
  },
  'mlops-prometheus/prometheus-kube-state-metrics': {
    calls: read(
      'pods',
      'nodes',
      'deployments.apps',
      'statefulsets.apps',
      'jobs.batch',
      'persistentvolumeclaims',
      'poddisruptionbudgets.policy',
    ),
    source: 'kube-state-metrics v2.20.0, internal/store/builder.go',
  },
  'mlops-seldon/seldon-manager': {
    calls: [
      ...read(
        'seldondeployments.machinelearning.seldon.io',
        'deployments.apps',
        'services',
        'configmaps',
        'virtualservices.networking.istio.io',
      ),
      'get deployments.apps:seldon-controller-manager in mlops-seldon',
      'get configmaps:seldon-config in mlops-seldon',
      'update seldondeployments.machinelearning.seldon.io/status in mlops-models',
      'create deployments.apps in mlops-models',
      'delete deployments.apps in mlops-models',
      'create services in mlops-models',
      'create virtualservices.networking.istio.io in mlops-models',
      'create events in mlops-models',
      'create leases.coordination.k8s.io in mlops-seldon',
      'update validatingwebhookconfigurations.admissionregistration.k8s.io:seldon-validating-webhook-configuration',
    ],
    source: 'seldon-core 1.16.0, operator/controllers/seldondeployment_controller.go (kubebuilder:rbac)',
    unusual: {
      'create deployments.apps in mlops-models': 'the models',
      'create services in mlops-models': 'the models',
    },
  },
  'mlops-prefect/prefect-worker': {
    calls: [
      'create jobs.batch in mlops-flows',
      'get jobs.batch in mlops-flows',
      'list jobs.batch in mlops-flows',
      'watch jobs.batch in mlops-flows',
      'delete jobs.batch in mlops-flows',
      'list pods in mlops-flows',
      'watch pods in mlops-flows',
      'get pods/log in mlops-flows',
    ],
    source: 'prefect-kubernetes 0.8.0, worker.py and observer.py',
    unusual: { 'create jobs.batch in mlops-flows': 'flow runs' },
  },
  'mlops-prometheus/prometheus-kube-prometheus-alertmanager': nothing('has no token'),
  'mlops-prometheus/prometheus-kube-prometheus-blackbox-exporter': nothing('has no token'),
  'mlops-nodes/prometheus-node-exporter': nothing('has no token'),
  'mlops-kafka/kafka': nothing('has no token'),
  'mlops-minio/minio-sa': nothing('has no token'),
  'mlops-mlflow/postgresql-mlflow': nothing('has no token'),
  'mlops-mlflow/mlflow-tracking-server': nothing('has no token'),
  'mlops-mlflow/postgresql-exporter': nothing('has no token'),
  'mlops-kafka/kafka-exporter': nothing('has no token'),
  'mlops-prefect/prefect-postgresql-exporter': nothing('has no token'),
  'mlops-prefect/prefect-flows': nothing('has no token'),
  'mlops-flows/flow-run': nothing('has no token'),
  'mlops-models/topics': nothing('has no token'),
  'mlops-prefect/prefect-server': nothing('has no token'),
  'mlops-prefect/prefect-server-postgresql': nothing('has no token'),
  'mlops-drift/drift-detector-app': nothing('has no token'),
};

/** Kinds of which pods are made. */
const podMakers = [
  ...['pods', 'replicationcontrollers', 'deployments.apps', 'replicasets.apps', 'statefulsets.apps', 'daemonsets.apps'],
  ...['jobs.batch', 'cronjobs.batch'],
];

/** Kinds by which somebody else's requests can be had. */
const routes = ['services', 'endpoints', 'endpointslices.discovery.k8s.io', 'ingresses.networking.k8s.io'];

/**
 * What no program of the platform may do, but for what is `unusual`.
 *
 * @param own the namespace of its ServiceAccount
 * @param namespaces of the platform
 */
export const forbidden = (own: string, namespaces: readonly string[]): string[] => [
  '* *.*',
  'list secrets',
  'get secrets in kube-system',
  `list secrets in ${own}`,
  `get secrets in ${own}`,
  'get secrets:mlflow-secret in mlops-mlflow',
  ...['default', 'kube-system', ...namespaces].flatMap((namespace) =>
    [...podMakers, ...routes].map((kind) => `create ${kind} in ${namespace}`),
  ),
  'create validatingwebhookconfigurations.admissionregistration.k8s.io',
  'create mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'create customresourcedefinitions.apiextensions.k8s.io',
  'create apiservices.apiregistration.k8s.io',
  `create pods/exec in ${own}`,
  `create pods/ephemeralcontainers in ${own}`,
  `create serviceaccounts/token in ${own}`,
  'get nodes/proxy',
  'update nodes',
  'delete namespaces',
  'update namespaces',
  'impersonate users',
  'create clusterrolebindings.rbac.authorization.k8s.io',
  'escalate clusterroles.rbac.authorization.k8s.io',
  'bind clusterroles.rbac.authorization.k8s.io',
  `create rolebindings.rbac.authorization.k8s.io in ${own}`,
  'approve certificatesigningrequests.certificates.k8s.io',
];
