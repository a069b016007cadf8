import { z } from 'zod';
import {
  count,
  cpu,
  disk,
  dnsLabel,
  dnsName,
  host,
  httpUrl,
  image,
  memory,
  nodePort,
  port,
  registry,
  secretReference,
  stringMap,
} from './primitives';
import { components } from './sizes';

/** On the service's own default exposure, or one of four ways. */
const httpExposure = (
  defaultNodePort: number,
  defaultExposure: { type: 'nodePort' | 'cluster' } = { type: 'nodePort' },
) =>
  z
    .discriminatedUnion('type', [
      z.strictObject({
        type: z.literal('nodePort'),
        /** From 30000 to 32767, used once in the whole config. */
        port: nodePort.default(defaultNodePort),
      }),
      z.strictObject({
        type: z.literal('loadBalancer'),
        /** Address that the balancer gets, as browsers spell it. @default cluster.externalHost */
        host: host.optional(),
        annotations: stringMap.default({}),
      }),
      z.strictObject({
        type: z.literal('ingress'),
        host: dnsName,
        /** IngressClass. @default the cluster's default class */
        className: dnsName.optional(),
        /** Secret of type kubernetes.io/tls in the service's namespace. @default plain HTTP */
        tlsSecret: dnsName.optional(),
        annotations: stringMap.default({}),
      }),
      z.strictObject({ type: z.literal('cluster') }),
    ])
    .prefault(defaultExposure);

const kafkaExposure = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('nodePort'),
      /** Any broker: where a client from outside begins. */
      bootstrapPort: nodePort.default(30092),
      /** One for each broker. @default 30093 and the following */
      brokerPorts: z.array(nodePort).optional(),
    }),
    z.strictObject({
      type: z.literal('loadBalancer'),
      /** Address that each broker's balancer gets: clients are told it, so it must be known before. */
      brokerHosts: z.array(host),
      annotations: stringMap.default({}),
    }),
    z.strictObject({ type: z.literal('cluster') }),
  ])
  .prefault({ type: 'nodePort' });

const cluster = z.strictObject({
  /** Address of a node (or of what balances them) that browsers and clients outside the cluster can reach. */
  externalHost: host,
  /** DNS domain of the cluster. */
  domain: dnsName.default('cluster.local'),
  /** Version that the manifests are written for: the oldest of your clusters. */
  kubernetesVersion: z
    .string()
    .regex(/^1\.\d{2}$/, { error: 'must be a minor version (write e.g. "1.30")' })
    .default('1.27'),
  /** @default the cluster's default class, or the NFS provisioner's when that is on */
  storageClass: dnsName.optional(),
  /** Installs a provisioner of volumes on an NFS share, for clusters that have none. */
  nfs: z
    .strictObject({
      server: host,
      path: z.string().regex(/^\/[^\s]*$/, { error: 'must be an absolute path (write e.g. "/mnt/nfs_share")' }),
      storageClass: dnsName.default('nfs-client'),
    })
    .optional(),
});

const postgresSecret = secretReference('username', 'password');
const externalDatabase = z.strictObject({
  host,
  port: port.default(5432),
  database: z.string().min(1).max(63),
  secret: postgresSecret,
});

/** A service that is installed unless it is `false`. */
const service = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.union([z.literal(false), z.strictObject(shape)]).prefault({} as never);

const services = z.strictObject({
  postgresql: service({
    /** Databases of your own, empty at first. @default one is installed for each service without one here */
    external: z.strictObject({ mlflow: externalDatabase.optional(), prefect: externalDatabase.optional() }).optional(),
  }),
  minio: service({
    expose: httpExposure(30900),
    console: httpExposure(30901),
    /** An S3 store of your own, with the buckets mlflow, prefect, models and drift. @default MinIO is installed */
    external: z
      .strictObject({
        endpoint: httpUrl,
        region: z
          .string()
          .regex(/^[a-z0-9-]+$/, { error: 'must be a region name (write e.g. "eu-west-1")' })
          .default('us-east-1'),
        /** Of a user who may read and write those buckets. */
        secret: secretReference('accessKey', 'secretKey'),
      })
      .optional(),
  }),
  mlflow: service({ expose: httpExposure(30500) }),
  istio: service({
    expose: httpExposure(30080),
    /** A gateway for what leaves the mesh. */
    egressGateway: z.boolean().default(false),
    /** An Istio of your own. @default one is installed */
    external: z
      .strictObject({
        /** Namespace and labels of the pods of its ingress gateway. */
        namespace: dnsLabel.default('istio-system'),
        gatewaySelector: stringMap.default({ istio: 'ingressgateway' }),
        /** Where that gateway is reached from outside. */
        url: httpUrl,
      })
      .optional(),
  }),
  seldon: service({}),
  prefect: service({
    expose: httpExposure(30420),
    /** Work pool that the agent in the cluster serves. */
    workPool: dnsLabel
      .refine((name) => !name.startsWith('prefect'), {
        error: 'must not start with "prefect", which Prefect keeps for itself',
      })
      .default('k8s-pool'),
  }),
  prometheus: service({
    expose: httpExposure(30090),
    alertmanager: httpExposure(30903, { type: 'cluster' }),
    /** How long samples are kept, as Prometheus writes durations. */
    retention: z
      .string()
      .regex(/^[1-9]\d*(h|d|w|y)$/, { error: 'must be a Prometheus duration (write e.g. "10d")' })
      .default('10d'),
    /** A Prometheus operator of your own, with its custom resources. @default one is installed */
    external: z
      .strictObject({
        url: httpUrl,
        /** Labels that your Prometheus selects monitors by. */
        monitorLabels: stringMap.default({}),
      })
      .optional(),
  }),
  kafka: service({
    expose: kafkaExposure,
    /** Copies of each partition of a topic. @default 3, or the number of brokers if less */
    replicationFactor: count.optional(),
    /** A Kafka of your own. @default one is installed */
    external: z
      .strictObject({
        /** Brokers as `host:port`, reachable from the cluster over plain text. */
        bootstrapServers: z
          .array(
            z.string().regex(/^[a-z0-9]([-.a-z0-9]*[a-z0-9])?:\d{1,5}$/i, {
              error: 'must be host:port (write e.g. "kafka.example.org:9092")',
            }),
          )
          .min(1, { error: 'must name at least one broker' }),
      })
      .optional(),
  }),
  drift: service({}),
});

const detector = z.enum(['mmd', 'ks', 'psi', 'chi2', 'adwin', 'ddm', 'eddm', 'kswin', 'page-hinkley']);

const drift = z.strictObject({
  detectors: z.array(detector).min(1, { error: 'must name at least one detector' }).default(['mmd']),
  /** Artifact of the registered model that holds the reference rows. */
  reference: z.string().min(1).default('artifacts/testing_dataset.csv'),
  /** Columns of it that are no features. */
  dropColumns: z.array(z.string().min(1)).default([]),
  /** Name in MLflow's registry. @default the model's name */
  registeredModel: z.string().min(1).optional(),
  /** Version in MLflow's registry, or `latest`. */
  version: z.union([z.literal('latest'), count]).default('latest'),
  /** Rows that are compared with the reference at a time. */
  window: z
    .int({ error: 'must be a whole number of rows' })
    .min(20, { error: 'must be from 20 to 100000 rows' })
    .max(100_000, { error: 'must be from 20 to 100000 rows' })
    .default(500),
});

const model = z.strictObject({
  /** Name of the SeldonDeployment, of its topic and of its URL. */
  name: dnsLabel.max(40, { error: 'must have at most 40 characters: Seldon makes longer names of it' }),
  server: z.enum(['mlflow', 'sklearn', 'xgboost', 'huggingface', 'triton']),
  /** Folder of the model in the object store. */
  uri: z.string().regex(/^s3:\/\/[a-z0-9][a-z0-9.-]+(\/[^\s]+)?$/, {
    error: 'must be an object store URI (write e.g. "s3://models/creditcard/1")',
  }),
  protocol: z.enum(['v1', 'v2']).default('v2'),
  /** @default the size profile's */
  replicas: count.optional(),
  resources: z
    .strictObject({
      cpu: cpu.optional(),
      cpuLimit: cpu.optional(),
      memory: memory.optional(),
      memoryLimit: memory.optional(),
    })
    .default({}),
  /** Watches the requests for drift. @default no detector */
  drift: drift.optional(),
});

const sizeOverride = z.strictObject({
  replicas: count.optional(),
  cpu: cpu.optional(),
  cpuLimit: cpu.optional(),
  memory: memory.optional(),
  memoryLimit: memory.optional(),
  disk: disk.optional(),
});

export const configSchema = z.strictObject({
  /** Names the platform: a label on every object, and what Kafka's cluster id is made from. */
  name: dnsLabel.max(40, { error: 'must have at most 40 characters' }).default('mlops'),
  /** In front of every namespace but istio-system. @default the name */
  namespacePrefix: dnsLabel.max(40, { error: 'must have at most 40 characters' }).optional(),
  cluster,
  size: z.strictObject({
    profile: z.enum(['laptop', 'team', 'production']),
    /** Single figures that differ from the profile. */
    overrides: z.partialRecord(z.enum(components), sizeOverride).default({}),
  }),
  services: services.prefault({}),
  models: z.array(model).default([]),
  secrets: z
    .strictObject({
      /** `generated`: a Job in the cluster makes what is missing. `existing`: you make every Secret that synth lists. */
      mode: z.enum(['generated', 'existing']),
    })
    .default({ mode: 'generated' }),
  charts: z
    /** Source of the Helm charts; so far only the bundled ones. */
    .enum(['bundled'])
    .default('bundled'),
  images: z
    .strictObject({
      /** A mirror that holds every image under its own repository name. */
      registry: registry.optional(),
      /** Secrets of type kubernetes.io/dockerconfigjson, in every namespace of the platform. */
      pullSecrets: z.array(dnsName).default([]),
      /** Another image in place of the pinned one. */
      overrides: z.record(z.string(), image).default({}),
    })
    .prefault({}),
});

/** What a user writes. */
export type Config = z.input<typeof configSchema>;
/** What zod makes of it: defaults filled in, sizes and derived figures not yet. */
export type ParsedConfig = z.output<typeof configSchema>;

export type HttpExposure = z.output<ReturnType<typeof httpExposure>>;
export type KafkaExposure = z.output<typeof kafkaExposure>;
export type ModelConfig = z.output<typeof model>;
