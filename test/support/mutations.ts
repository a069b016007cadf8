/** A line of a source, and one that is wrong. */
export interface Mutation {
  readonly what: string;
  readonly source: string;
  readonly right: string;
  readonly wrong: string;
  /** The test that is to fail. */
  readonly test: string;
  /** The line that its snapshot then has too much, without the dash of a list. */
  readonly shown: string;
}

const service = (folder: string, file: string) => ({
  source: `charts/${folder}/${file}.ts`,
  test: `test/charts/${folder}/${file}.test.ts`,
});

export const mutations: readonly Mutation[] = [
  {
    what: "the path of Grafana's probe",
    ...service('grafana', 'grafana'),
    right: "startupProbe: httpProbe('/api/health'",
    wrong: "startupProbe: httpProbe('/health'",
    shown: 'path: /health',
  },
  {
    what: "the update strategy of Grafana's Deployment",
    ...service('grafana', 'grafana'),
    right: "strategy: { type: 'Recreate' }",
    wrong: "strategy: { type: 'RollingUpdate' }",
    shown: 'type: RollingUpdate',
  },
  {
    what: "Alertmanager's receivers are swapped: those of the user and that of retraining",
    ...service('prometheus', 'alertmanager'),
    test: 'test/charts/prometheus/prometheus.test.ts',
    right: 'receiver: receiver.name,\n',
    wrong: 'receiver: receivers.at(-1 - receivers.indexOf(receiver))?.name,\n',
    shown: 'receiver: platform/retraining',
  },
  {
    what: 'the port of a probe of retraining',
    ...service('retraining', 'retraining'),
    right: "readinessProbe: httpProbe('/readyz', port,",
    wrong: "readinessProbe: httpProbe('/readyz', 8081,",
    shown: 'port: 8081',
  },
  {
    what: 'the update strategy of retraining',
    ...service('retraining', 'retraining'),
    right: "strategy: { type: 'Recreate' }",
    wrong: "strategy: { type: 'RollingUpdate' }",
    shown: 'type: RollingUpdate',
  },
  {
    what: "the port of MLflow's Service",
    ...service('mlflow', 'mlflow'),
    right: "const ports = [{ name: 'http', port,",
    wrong: "const ports = [{ name: 'http', port: 5001,",
    shown: 'port: 5001',
  },
  {
    what: 'the pods that the Service of the detectors selects',
    ...service('drift', 'drift'),
    right: 'selector: { app },',
    wrong: "selector: { app: 'drift-detector' },",
    shown: 'app: drift-detector',
  },
  {
    what: "a variable of the topics' Job",
    ...service('kafka', 'topics'),
    right: "name: 'KAFKA_BOOTSTRAP_SERVERS'",
    wrong: "name: 'KAFKA_SERVERS'",
    shown: 'name: KAFKA_SERVERS',
  },
  {
    what: "a right of Prefect's worker",
    ...service('prefect', 'worker'),
    right: "resources: ['pods'], verbs: ['list', 'watch']",
    wrong: "resources: ['pods'], verbs: ['list', 'delete']",
    shown: 'delete',
  },
  {
    what: 'where flow runs may connect to',
    ...service('prefect', 'flows'),
    right: "{ addresses: 'internet', ports: [80, 443] }",
    wrong: "{ addresses: 'internet', ports: [80, 443, 8443] }",
    shown: "'flow runs (flows) → internet:80,443,8443: data and packages of flow runs'",
  },
  {
    what: 'the number of replicas of a canary',
    ...service('models', 'predictors'),
    test: 'test/charts/models/models.test.ts',
    right: 'replicas ?? sizes.modelServer.replicas;',
    wrong: '(replicas ?? sizes.modelServer.replicas) + 6;',
    shown: 'replicas: 9',
  },
  {
    what: 'the memory that the Job of the credentials may use',
    ...service('credentials', 'credentials'),
    right: "fromString('128Mi')",
    wrong: "fromString('1Gi')",
    shown: 'memory: 1Gi',
  },
  {
    what: "the database that PostgreSQL's exporter connects to",
    ...service('postgresql', 'exporter'),
    right: '/postgres?sslmode=disable',
    wrong: '/template1?sslmode=disable',
    shown: 'value: databases.databases-space.svc.k8s.example.org:6432/template1?sslmode=disable',
  },
  {
    what: "a value of MinIO's Helm chart",
    ...service('minio', 'minio'),
    right: "deploymentUpdate: { type: 'Recreate' }",
    wrong: "deploymentUpdate: { type: 'RollingUpdate' }",
    shown: 'type: RollingUpdate',
  },
  {
    what: 'the pods of models that are scraped',
    ...service('seldon', 'seldon'),
    right: "labels: { 'app.kubernetes.io/managed-by': 'seldon-core' }",
    wrong: "labels: { 'app.kubernetes.io/managed-by': 'seldon' }",
    shown: 'app.kubernetes.io/managed-by: seldon',
  },
  {
    what: 'the port of the gateway of the models',
    ...service('seldon', 'gateway'),
    right: 'port: { number: 80,',
    wrong: 'port: { number: 8080,',
    shown: 'number: 8080',
  },
  {
    what: "the port at which load balancers check Istio's gateway",
    ...service('istio', 'istio'),
    right: 'targetPort: 15021 }',
    wrong: 'targetPort: 15020 }',
    shown: 'targetPort: 15020',
  },
  {
    what: "the pods that a Gateway selects as Istio's",
    ...service('istio', 'istio'),
    right: "selector: { istio: 'ingressgateway' }",
    wrong: "selector: { istio: 'istio-ingressgateway' }",
    shown: 'istio: istio-ingressgateway',
  },
  {
    what: 'the StorageClass of volumes on NFS',
    ...service('nfs', 'nfs-provisioner'),
    right: 'name: props.storageClass,',
    wrong: "name: 'nfs-client',",
    shown: 'name: nfs-client',
  },
  {
    what: 'the label that enforces the Pod Security level of a namespace',
    ...service('namespaces', 'namespaces'),
    right: "'enforce', ",
    wrong: "'exempt', ",
    shown: 'pod-security.kubernetes.io/exempt: restricted',
  },
];
