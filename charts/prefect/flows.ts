import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { ComponentSize } from '../../lib/config/sizes';
import { Credential } from '../../lib/graph/credential';
import type { Endpoint } from '../../lib/graph/endpoint';
import {
  asUser,
  resources,
  resourceValues,
  restrictedContainer,
  restrictedPod,
  tokenlessPod,
} from '../../lib/kubernetes/pods';
import { addProgramJob } from '../../lib/graph/program-job';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import type { ClusterContext } from '../context';
import type { KafkaConnection } from '../kafka/connection';
import type { BucketAccess } from '../minio/store';

export interface PrefectFlowsProps {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  /** Of the Job's pod. */
  readonly size: ComponentSize;
  /** Of a flow run's pod. */
  readonly flowSize: ComponentSize;
  /** API of the server. */
  readonly api: Endpoint;
  readonly workPool: string;
  /** How many runs may be active at once. */
  readonly limits: FlowLimits;
  /** The Job's Python program. */
  readonly program: string;
  readonly flows: FlowNeighbours;
}

/** Services that flow runs find through environment variables. */
export interface FlowNeighbours {
  /** Bucket for the code and results of flows. @default none */
  readonly storage?: BucketAccess;
  /** Tracking server of the flows; it also proxies artifacts. @default none */
  readonly mlflow?: Endpoint;
  /** @default none */
  readonly kafka?: KafkaConnection;
}

export interface FlowLimits {
  /** Flow runs of the work pool. @default whatever is set in Prefect */
  readonly flowRuns?: number;
  /** Tag → number of task runs with it. */
  readonly taskRuns: Readonly<Record<string, number>>;
}

const name = 'prefect-flows';
const serviceAccountName = 'flow-run';

/** Name of the blocks that the Job keeps in line with the config. Blocks with other names belong to users. */
const platformBlock = 'platform';

/** What flow runs need: their work pool, blocks, limits, Secret and service account. */
export class PrefectFlows extends ServiceChart {
  constructor(scope: Construct, id: string, props: PrefectFlowsProps) {
    const { cluster, namespace, size, api } = props;
    const { storage } = props.flows;
    super(scope, id, { wave: Wave.Consumers, namespace });

    // Flows call no Kubernetes API. A flow that does needs a block with a service account of its own.
    new k8s.KubeServiceAccount(this, 'flow-service-account', {
      metadata: { name: serviceAccountName },
      automountServiceAccountToken: false,
    });
    const credential = storage && this.storageCredential(storage);
    const settings = new k8s.KubeConfigMap(this, 'settings', {
      metadata: { name },
      data: {
        'bootstrap.py': props.program,
        'settings.json': `${JSON.stringify(bootstrapSettings(props, credential), null, 2)}\n`,
      },
    });
    new k8s.KubeServiceAccount(this, 'service-account', { metadata: { name }, automountServiceAccountToken: false });
    addProgramJob(this, name, {
      ...tokenlessPod(name, 1001),
      containers: [
        {
          name: 'bootstrap',
          image: cluster.images.reference('prefect'),
          command: ['python', '/job/bootstrap.py', '/job/settings.json'],
          env: [
            { name: 'PREFECT_API_URL', value: api.url() },
            { name: 'HOME', value: '/tmp' },
          ],
          resources: resources(size),
          volumeMounts: [
            { name: 'job', mountPath: '/job', readOnly: true },
            { name: 'tmp', mountPath: '/tmp' },
          ],
        },
      ],
      volumes: [
        { name: 'job', configMap: { name: settings.name } },
        { name: 'tmp', emptyDir: {} },
      ],
    });
    this.uses(name, api, 'makes the work pool, blocks and limits');
  }

  /**
   * Flow runs get the keys as environment variables: keys in a block would be readable by everyone who reaches the API.
   */
  private storageCredential({ accessKey, secretKey, region, endpoint }: BucketAccess): Credential {
    return new Credential(this, 'storage', {
      name: 'prefect-storage',
      keys: {
        AWS_ACCESS_KEY_ID: accessKey,
        AWS_SECRET_ACCESS_KEY: { copyOf: secretKey },
        AWS_DEFAULT_REGION: { value: region },
        // Prefect's S3 block has no field for an endpoint; fsspec reads it from here.
        FSSPEC_S3_ENDPOINT_URL: { value: endpoint.url() },
        // The same for boto3 (botocore 1.31, docs/source/reference/config.rst has it as `endpoint_url`).
        AWS_ENDPOINT_URL_S3: { value: endpoint.url() },
      },
    });
  }
}

/** Settings of programs/prefect/src/bootstrap.py. */
function bootstrapSettings(props: PrefectFlowsProps, credential: Credential | undefined): object {
  const { workPool, limits } = props;
  return {
    workPool: { name: workPool, concurrencyLimit: limits.flowRuns },
    taskRunLimits: limits.taskRuns,
    blocks: [
      { type: 'kubernetes-job', name: platformBlock, data: kubernetesJob(props, credential) },
      // Without keys and endpoint: they differ inside and outside the cluster, so both come from the environment.
      ...(credential === undefined ? [] : [{ type: 's3', name: platformBlock, data: { bucket_path: 'prefect' } }]),
    ],
  };
}

/** Fields of Prefect's block (prefect 2.10.4, src/prefect/infrastructure/kubernetes.py). */
function kubernetesJob(props: PrefectFlowsProps, credential: Credential | undefined): object {
  const { cluster, namespace } = props;
  const { mlflow, kafka } = props.flows;
  return {
    namespace,
    image: cluster.images.reference('prefect'),
    service_account_name: serviceAccountName,
    // The agent adds PREFECT_API_URL: it passes on its own settings.
    env: {
      HOME: '/tmp',
      ...(mlflow === undefined ? {} : { MLFLOW_TRACKING_URI: mlflow.url() }),
      ...(kafka === undefined ? {} : { KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrapServers }),
    },
    job: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { labels: {} },
      spec: {
        // Prefect retries flows. A pod that Kubernetes restarted would repeat a run that is marked as crashed.
        backoffLimit: 0,
        template: {
          metadata: { labels: { 'app.kubernetes.io/name': serviceAccountName } },
          spec: flowPod(props, credential),
        },
      },
    },
    // Pulling an image with a model's libraries may take longer than Prefect's default of one minute.
    pod_watch_timeout_seconds: 600,
    finished_job_ttl: 86_400,
  };
}

function flowPod({ cluster, flowSize }: PrefectFlowsProps, credential: Credential | undefined): object {
  return cluster.pods.spec({
    // Fields of a Job, which Prefect requires here anyway, and which the API server drops.
    ...{ parallelism: 1, completions: 1 },
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    securityContext: { ...restrictedPod, ...asUser(1001) },
    containers: [
      {
        name: 'prefect-job',
        env: [],
        ...(credential === undefined ? {} : { envFrom: [{ secretRef: { name: credential.secretName } }] }),
        // Code that is not in the image is downloaded to the working directory.
        workingDir: '/flow',
        resources: resourceValues(flowSize),
        securityContext: restrictedContainer,
        volumeMounts: [
          { name: 'flow', mountPath: '/flow' },
          { name: 'tmp', mountPath: '/tmp' },
        ],
      },
    ],
    volumes: [
      { name: 'flow', emptyDir: {} },
      { name: 'tmp', emptyDir: {} },
    ],
  });
}
