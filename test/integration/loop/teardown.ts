import { find, type Tool } from './equipment';

const always = [
  'container images, kubelets and the network of a cluster: each program is a process on loopback, with what its pod\n' +
    '    template says but for addresses, ports and folders (test/integration/loop/here.ts)',
  'the versions of PostgreSQL (17.10, for 17.12; Debian’s, for 15.3 and 14.3)',
  'Silo’s client: the one of MinIO runs in its place',
  'Kafka’s own start scripts, which no jar holds; three brokers',
  'the model servers’ images: Seldon’s own and MLServer run from their packages; that of MLflow models has a class of ours,\n' +
    '    and the servers for scikit-learn, xgboost, huggingface and Triton do not run',
  'the Jobs of Prefect’s worker as pods: a flow run is started as its Job would start it',
  'the operator that writes Prometheus’ and Alertmanager’s configuration: they get a translation of ours, with shorter times',
];

/** What is not shown where a program cannot be had. */
const withoutTool = {
  postgresql: 'the databases: neither MLflow nor Prefect can start',
  postgresqlBefore: 'that data gets from one major version of PostgreSQL to the next',
  kafka: 'anything between a request and the detector',
  kafkaBefore: 'that Kafka opens a disk that Kafka 3.7.2 has written',
  silo: 'the object store: neither references nor snapshots',
  minio: 'that Silo opens a volume that MinIO has written',
  mc: 'buckets, users and policies of the object store, and so all that is kept there',
  promtool: 'that an alert fires on what the detector exports',
  prometheus: 'that an alert which fires starts a training',
  alertmanager: 'that an alert which fires starts a training',
  mlflow: 'the registry: no reference data',
  mlflowBefore: 'that MLflow opens the database and the artifacts of MLflow 2.3.1',
  drift: 'the detector, the topics and the storage initializer',
  prefect: 'Prefect, its bootstrap and retraining',
  prefectBefore: 'that Prefect opens the database of Prefect 2.10.4',
  creditcard: 'the example’s training and its requests',
  served: 'that Seldon’s own server loads the model',
  mlserver: 'that MLServer loads the model',
  kubernetes: 'that Prefect’s worker makes Jobs in a real API server',
} as const satisfies Partial<Record<Tool, string>>;

/** All that these tests start. */
export const tools = Object.keys(withoutTool) as (keyof typeof withoutTool)[];

/** Says at the end what a passed run does not show. */
export default function teardown(): void {
  const missing = tools.flatMap((tool) => {
    const found = find(tool);
    return 'missing' in found ? [`${withoutTool[tool]} (${tool}: ${found.missing})`] : [];
  });
  const standIns = Object.entries({
    MLOPS_SELDON_EXECUTOR: 'Seldon’s executor: a stand-in writes to Kafka what it would write',
    MLOPS_SILO: 'Silo: MinIO 2026-02-12, from which it was forked, runs in its place',
  }).flatMap(([variable, line]) => (process.env[variable] === undefined ? [line] : []));
  const lines = [...missing, ...standIns, ...always];
  process.stderr.write(`\nNot covered by test:loop:\n${lines.map((line) => `  - ${line}\n`).join('')}\n`);
}
