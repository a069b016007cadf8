/**
 * Everything that is another text on this machine than in the manifests: addresses, ports, and what an image would have.
 * Nothing else is changed. Folders are not here: every volume of a pod is a folder of its own (pod.ts).
 */
export interface Here {
  /** For every pod. */
  readonly addresses: Readonly<Record<string, string>>;
  /** For one program: `<workload>` or `<workload>/<container>` → text → text here. */
  readonly programs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Variables with names by which a program is called, not whom it calls: only what is of its own table is changed. */
  readonly names: readonly string[];
  /** What only an image or a pod's own network can say, on top of the environment. */
  readonly env: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const names = [
  'postgresql',
  'prefectPostgresql',
  'minio',
  'minioConsole',
  'kafka',
  'kafkaInternal',
  'kafkaExternal',
  'kafkaController',
  'mlflow',
  'prefect',
  'worker',
  'retraining',
  'prometheus',
  'alertmanager',
  'detector',
  'executor',
  'executorGrpc',
  'model',
  'mlserver',
  'mlserverGrpc',
  'mlserverMetrics',
] as const;
export type Ports = Readonly<Record<(typeof names)[number], number>>;
export const portNames = names;

/**
 * @param folder of the volumes
 * @param kafkaHome stands for /opt/kafka
 */
export function here(ports: Ports, folder: string, kafkaHome: string): Here {
  const at = (name: keyof Ports): string => `127.0.0.1:${ports[name]}`;
  const node = 'kafka-controller-0.kafka-controller-headless.mlops-kafka.svc.cluster.local';
  // The port and the folder of the server's socket have no place in the manifests: the program's own defaults are theirs.
  const socket = (pod: string): string => `${folder}/${pod}/socket`;
  const database = (pod: string) => ({
    "listen_addresses = '*'": `listen_addresses = '127.0.0.1'\nunix_socket_directories = '${socket(pod)}'`,
  });
  return {
    addresses: {
      'postgresql-mlflow.mlops-mlflow.svc.cluster.local:5432': at('postgresql'),
      'prefect-server-postgresql.mlops-prefect.svc.cluster.local:5432': at('prefectPostgresql'),
      'minio.mlops-minio.svc.cluster.local:9000': at('minio'),
      'kafka.mlops-kafka.svc.cluster.local:9092': at('kafka'),
      'mlflow-tracking-server.mlops-mlflow.svc.cluster.local:5000': at('mlflow'),
      'prefect-server.mlops-prefect.svc.cluster.local:4200': at('prefect'),
      'retraining.mlops-prefect.svc.cluster.local:8080': at('retraining'),
    },
    programs: {
      'postgresql-mlflow': database('postgresql-mlflow'),
      'prefect-server-postgresql': database('prefect-server-postgresql'),
      minio: {
        '--address=:9000': `--address=${at('minio')}`,
        '--console-address=:9001': `--console-address=${at('minioConsole')}`,
      },
      'kafka-controller': {
        '/opt/kafka': kafkaHome,
        [`${node}:9092`]: at('kafka'),
        [`${node}:9093`]: at('kafkaController'),
        [`${node}:9094`]: at('kafkaInternal'),
        'localhost:9092': at('kafka'),
        'CLIENT://:9092': `CLIENT://${at('kafka')}`,
        'INTERNAL://:9094': `INTERNAL://${at('kafkaInternal')}`,
        'EXTERNAL://:9095': `EXTERNAL://${at('kafkaExternal')}`,
        'CONTROLLER://:9093': `CONTROLLER://${at('kafkaController')}`,
      },
      'mlflow-tracking-server': { '0.0.0.0': '127.0.0.1', '5000': String(ports.mlflow) },
      'prefect-server': { '0.0.0.0': '127.0.0.1', '4200': String(ports.prefect) },
      retraining: { '0.0.0.0': '127.0.0.1', '8080': String(ports.retraining) },
    },
    names: ['MLFLOW_SERVER_ALLOWED_HOSTS'],
    env: {
      'postgresql-mlflow': { PGPORT: String(ports.postgresql), PGHOST: socket('postgresql-mlflow') },
      'prefect-server-postgresql': {
        PGPORT: String(ports.prefectPostgresql),
        PGHOST: socket('prefect-server-postgresql'),
      },
      'prefect-worker': {
        PREFECT_WORKER_WEBSERVER_HOST: '127.0.0.1',
        PREFECT_WORKER_WEBSERVER_PORT: String(ports.worker),
      },
      'drift-detector-creditcard': { DRIFT_LISTEN: at('detector') },
    },
  };
}

/** Replaces whole words only, all in one pass, so that nothing is replaced twice. */
export function replaceAll(text: string, table: Readonly<Record<string, string>>): string {
  const keys = Object.keys(table).sort((a, b) => b.length - a.length);
  if (keys.length === 0) return text;
  const pattern = keys.map((key) => `(?<![\\w.-])${key.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}(?![\\w-])`).join('|');
  return text.replace(new RegExp(pattern, 'g'), (found) => table[found] ?? found);
}
