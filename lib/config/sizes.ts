/** What one component gets. CPU and memory per replica; the disk, where there is one, per replica too. */
export interface ComponentSize {
  readonly replicas: number;
  readonly cpu: string;
  readonly cpuLimit: string;
  readonly memory: string;
  readonly memoryLimit: string;
  /** Undefined for components that keep nothing. */
  readonly disk?: string;
}

export const components = [
  'postgresql',
  'prefectDatabase',
  'minio',
  'mlflow',
  'istiod',
  'ingressGateway',
  'egressGateway',
  'seldonOperator',
  'modelServer',
  'modelExecutor',
  'prefectServer',
  'prefectAgent',
  'flowRun',
  'prometheus',
  'prometheusOperator',
  'alertmanager',
  'nodeExporter',
  'kubeStateMetrics',
  'blackboxExporter',
  'kafka',
  'kafkaExporter',
  'postgresqlExporter',
  'grafana',
  'driftDetector',
  'nfsProvisioner',
] as const;

export type Component = (typeof components)[number];
export type Sizes = Readonly<Record<Component, ComponentSize>>;
export type Profile = 'laptop' | 'team' | 'production';

type Row = readonly [
  replicas: number,
  cpu: string,
  cpuLimit: string,
  memory: string,
  memoryLimit: string,
  disk?: string,
];

// Requests are what the scheduler reserves, limits what a component may use at most. Components whose replicas cannot
// share work (one PostgreSQL, a ReadWriteOnce MinIO, an operator with one leader) stay at one replica in every profile.
const rows: Record<Profile, Record<Component, Row>> = {
  // One node with 4 CPUs and 8 GiB.
  laptop: {
    postgresql: [1, '50m', '1', '128Mi', '512Mi', '2Gi'],
    prefectDatabase: [1, '50m', '1', '128Mi', '512Mi', '2Gi'],
    minio: [1, '50m', '1', '256Mi', '1Gi', '5Gi'],
    mlflow: [1, '50m', '1', '512Mi', '1Gi'],
    istiod: [1, '50m', '1', '256Mi', '512Mi'],
    ingressGateway: [1, '20m', '1', '64Mi', '256Mi'],
    egressGateway: [1, '20m', '1', '64Mi', '256Mi'],
    seldonOperator: [1, '50m', '500m', '128Mi', '300Mi'],
    modelServer: [1, '100m', '1', '512Mi', '2Gi'],
    modelExecutor: [1, '50m', '500m', '128Mi', '512Mi'],
    prefectServer: [1, '50m', '1', '256Mi', '1Gi'],
    prefectAgent: [1, '50m', '500m', '128Mi', '512Mi'],
    flowRun: [1, '100m', '1', '512Mi', '2Gi'],
    prometheus: [1, '100m', '1', '400Mi', '1Gi', '5Gi'],
    prometheusOperator: [1, '20m', '200m', '64Mi', '256Mi'],
    alertmanager: [1, '10m', '200m', '32Mi', '128Mi', '1Gi'],
    nodeExporter: [1, '10m', '200m', '24Mi', '128Mi'],
    kubeStateMetrics: [1, '10m', '200m', '48Mi', '256Mi'],
    blackboxExporter: [1, '10m', '100m', '24Mi', '128Mi'],
    kafka: [1, '100m', '1', '768Mi', '1536Mi', '5Gi'],
    kafkaExporter: [1, '10m', '200m', '24Mi', '128Mi'],
    postgresqlExporter: [1, '10m', '200m', '24Mi', '128Mi'],
    grafana: [1, '50m', '500m', '128Mi', '384Mi', '1Gi'],
    driftDetector: [1, '50m', '1', '256Mi', '512Mi'],
    nfsProvisioner: [1, '10m', '200m', '32Mi', '128Mi'],
  },
  // A shared cluster with three nodes of 4 CPUs and 16 GiB; survives the loss of a Kafka broker.
  team: {
    postgresql: [1, '250m', '2', '512Mi', '1Gi', '20Gi'],
    prefectDatabase: [1, '250m', '2', '256Mi', '1Gi', '10Gi'],
    minio: [1, '250m', '2', '1Gi', '2Gi', '100Gi'],
    mlflow: [1, '250m', '2', '1Gi', '2Gi'],
    istiod: [1, '200m', '2', '512Mi', '1Gi'],
    ingressGateway: [1, '100m', '2', '128Mi', '1Gi'],
    egressGateway: [1, '100m', '2', '128Mi', '1Gi'],
    seldonOperator: [1, '100m', '500m', '200Mi', '300Mi'],
    modelServer: [1, '250m', '2', '1Gi', '4Gi'],
    modelExecutor: [1, '200m', '500m', '256Mi', '512Mi'],
    prefectServer: [1, '250m', '2', '512Mi', '2Gi'],
    prefectAgent: [1, '100m', '1', '256Mi', '1Gi'],
    flowRun: [1, '250m', '2', '1Gi', '4Gi'],
    prometheus: [1, '250m', '2', '1Gi', '4Gi', '50Gi'],
    prometheusOperator: [1, '50m', '500m', '128Mi', '512Mi'],
    alertmanager: [1, '25m', '200m', '64Mi', '256Mi', '2Gi'],
    nodeExporter: [1, '25m', '250m', '32Mi', '128Mi'],
    kubeStateMetrics: [1, '25m', '250m', '128Mi', '512Mi'],
    blackboxExporter: [1, '10m', '200m', '32Mi', '128Mi'],
    kafka: [3, '250m', '2', '1536Mi', '3Gi', '20Gi'],
    kafkaExporter: [1, '25m', '250m', '48Mi', '256Mi'],
    postgresqlExporter: [1, '10m', '200m', '32Mi', '128Mi'],
    grafana: [1, '100m', '1', '192Mi', '512Mi', '2Gi'],
    driftDetector: [1, '100m', '1', '384Mi', '768Mi'],
    nfsProvisioner: [1, '25m', '200m', '64Mi', '128Mi'],
  },
  // Dedicated nodes; replicas for every component that can have them.
  production: {
    postgresql: [1, '1', '4', '2Gi', '4Gi', '100Gi'],
    prefectDatabase: [1, '500m', '2', '1Gi', '2Gi', '50Gi'],
    minio: [1, '1', '4', '4Gi', '8Gi', '500Gi'],
    mlflow: [2, '500m', '2', '2Gi', '4Gi'],
    istiod: [2, '500m', '2', '2Gi', '4Gi'],
    ingressGateway: [2, '500m', '2', '256Mi', '1Gi'],
    egressGateway: [2, '100m', '2', '128Mi', '1Gi'],
    seldonOperator: [1, '200m', '1', '256Mi', '512Mi'],
    modelServer: [2, '500m', '4', '2Gi', '8Gi'],
    modelExecutor: [1, '500m', '1', '512Mi', '1Gi'],
    prefectServer: [1, '1', '4', '1Gi', '4Gi'],
    prefectAgent: [2, '250m', '1', '512Mi', '1Gi'],
    flowRun: [1, '500m', '4', '2Gi', '8Gi'],
    prometheus: [2, '1', '4', '4Gi', '16Gi', '200Gi'],
    prometheusOperator: [1, '100m', '500m', '256Mi', '512Mi'],
    alertmanager: [3, '50m', '500m', '128Mi', '256Mi', '5Gi'],
    nodeExporter: [1, '50m', '500m', '64Mi', '256Mi'],
    kubeStateMetrics: [1, '50m', '500m', '256Mi', '1Gi'],
    blackboxExporter: [1, '25m', '200m', '64Mi', '128Mi'],
    kafka: [3, '1', '4', '4Gi', '8Gi', '200Gi'],
    kafkaExporter: [1, '50m', '500m', '64Mi', '512Mi'],
    postgresqlExporter: [1, '25m', '250m', '48Mi', '256Mi'],
    grafana: [1, '250m', '1', '384Mi', '1Gi', '5Gi'],
    driftDetector: [1, '250m', '2', '512Mi', '1Gi'],
    nfsProvisioner: [1, '50m', '250m', '64Mi', '128Mi'],
  },
};

/** The sizes of a profile with single figures replaced. Nothing is added to components that keep no data. */
export function sizesOf(profile: Profile, overrides: Partial<Record<Component, Partial<ComponentSize>>>): Sizes {
  const sized = components.map((component): [Component, ComponentSize] => {
    const [replicas, cpu, cpuLimit, memory, memoryLimit, disk] = rows[profile][component];
    return [component, { replicas, cpu, cpuLimit, memory, memoryLimit, disk, ...overrides[component] }];
  });
  return Object.fromEntries(sized) as Sizes;
}

/** Components of which a second replica would not work, and why: the text is part of the error. */
export const singletons: Partial<Record<Component, string>> = {
  postgresql: 'a second replica would be a second, empty database',
  prefectDatabase: 'a second replica would be a second, empty database',
  minio: 'a standalone MinIO owns its volume alone',
  seldonOperator: 'its webhook certificate lives in one process',
  prefectServer: 'Prefect 2.10 runs its scheduling services in every server process',
  flowRun: 'each flow run is one pod',
  nodeExporter: 'it runs once on each node',
  kubeStateMetrics: 'a second replica would count every object twice',
  kafkaExporter: 'a second replica would count every partition twice',
  postgresqlExporter: 'a second replica would count every session twice',
  grafana: 'its database is a file on a volume of its own',
  driftDetector: 'a detector keeps the window of its model in memory',
};

/** Components with a volume. */
export const storing: readonly Component[] = components.filter((component) => rows.laptop[component][5] !== undefined);
