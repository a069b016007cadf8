import type { ComponentSize } from '../../lib/config/sizes';
import type { Credential } from '../../lib/graph/credential';
import type { Endpoint } from '../../lib/graph/endpoint';
import { asUser, resourceValues, restrictedContainer, restrictedPod } from '../../lib/kubernetes/pods';
import type { ClusterContext } from '../context';
import type { KafkaConnection } from '../kafka/connection';
import type { BucketAccess } from '../minio/store';
import { flowRunLabels } from './flow-runs';

/** Services that flow runs find through environment variables. */
export interface FlowNeighbours {
  /** Bucket for the code and results of flows. @default none */
  readonly storage?: BucketAccess;
  /** Tracking server of the flows; it also proxies artifacts. @default none */
  readonly mlflow?: Endpoint;
  /** @default none */
  readonly kafka?: KafkaConnection;
}

export interface FlowRunProps {
  readonly cluster: ClusterContext;
  /** Where flows run. */
  readonly flowNamespace: string;
  /** Of a flow run's pod. */
  readonly flowSize: ComponentSize;
  readonly flows: FlowNeighbours;
}

export const flowServiceAccount = 'flow-run';

/**
 * The base job template of the work pool: what the worker makes of a flow run. A deployment may set the variables, each
 * has a default; all else is the same for every run. Names and placeholders are those of Prefect's own template
 * (prefect-kubernetes 0.8.0, worker.py).
 *
 * @param storage keys of the bucket, as environment variables
 */
export function baseJobTemplate(props: FlowRunProps, storage: Credential | undefined): object {
  const namespace = props.flowNamespace;
  return {
    variables: { type: 'object', properties: variables(props) },
    job_configuration: {
      name: '{{ name }}',
      command: '{{ command }}',
      env: '{{ env }}',
      labels: '{{ labels }}',
      namespace,
      pod_watch_timeout_seconds: '{{ pod_watch_timeout_seconds }}',
      job_manifest: {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { namespace, generateName: '{{ name }}-', labels: '{{ labels }}' },
        spec: {
          // Prefect retries flows. A pod that Kubernetes restarted would repeat a run that is marked as crashed.
          backoffLimit: 0,
          ttlSecondsAfterFinished: '{{ finished_job_ttl }}',
          // Prefect sets app.kubernetes.io/name to that of the deployment.
          template: { metadata: { labels: flowRunLabels }, spec: pod(props, storage) },
        },
      },
    },
  };
}

function variables({ cluster, flowSize, flows }: FlowRunProps): object {
  const { mlflow, kafka } = flows;
  const { requests, limits } = resourceValues(flowSize);
  const text = (title: string, value?: string): object => ({
    ...{ title, type: 'string' },
    ...(value === undefined ? {} : { default: value }),
  });
  const texts = (title: string, value: object): object => ({
    ...{ title, type: 'object', default: value },
    additionalProperties: { type: 'string' },
  });
  const seconds = (title: string, value: number): object => ({ title, type: 'integer', minimum: 0, default: value });
  return {
    name: text('Name of the Job'),
    command: text('Command'),
    // The worker adds PREFECT_API_URL and the log-in: it passes on its own settings.
    env: texts('Environment', {
      HOME: '/tmp',
      ...(mlflow === undefined ? {} : { MLFLOW_TRACKING_URI: mlflow.url() }),
      ...(kafka === undefined ? {} : { KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrapServers }),
    }),
    labels: texts('Labels', {}),
    image: text('Image', cluster.images.reference('prefect')),
    image_pull_policy: {
      ...{ title: 'When the image is pulled', type: 'string' },
      ...{ enum: ['IfNotPresent', 'Always', 'Never'], default: 'IfNotPresent' },
    },
    service_account_name: text('Service account', flowServiceAccount),
    cpu_request: text('CPU request', requests.cpu),
    cpu_limit: text('CPU limit', limits.cpu),
    memory_request: text('Memory request', requests.memory),
    memory_limit: text('Memory limit', limits.memory),
    finished_job_ttl: seconds('Seconds until a finished Job is deleted', 86_400),
    // Pulling an image with a model's libraries may take longer than Prefect's default of one minute.
    pod_watch_timeout_seconds: seconds('Seconds until the pod must have started', 600),
  };
}

const volumeFolder = '/flow';

/**
 * Where a flow run starts, and where its code is put. Prefect copies a folder with its times (3.9.1, filesystems.py), and
 * those only the owner of the target may set; the folder of a volume belongs to root.
 */
const startFolder = `${volumeFolder}/run`;

function pod({ cluster }: FlowRunProps, storage: Credential | undefined): object {
  const resources = {
    requests: { cpu: '{{ cpu_request }}', memory: '{{ memory_request }}' },
    limits: { cpu: '{{ cpu_limit }}', memory: '{{ memory_limit }}' },
  };
  const image = { image: '{{ image }}', imagePullPolicy: '{{ image_pull_policy }}' };
  return cluster.pods.spec({
    // Fields of a Job, which Prefect requires here anyway, and which the API server drops.
    ...{ parallelism: 1, completions: 1 },
    restartPolicy: 'Never',
    serviceAccountName: '{{ service_account_name }}',
    automountServiceAccountToken: false,
    securityContext: { ...restrictedPod, ...asUser(1001) },
    initContainers: [
      {
        name: 'folder',
        ...image,
        command: ['mkdir', '-p', startFolder], // It may run twice in one pod.
        resources,
        securityContext: restrictedContainer,
        volumeMounts: [{ name: 'flow', mountPath: volumeFolder }],
      },
    ],
    containers: [
      {
        name: 'prefect-job',
        ...image,
        args: '{{ command }}',
        env: '{{ env }}',
        ...(storage === undefined ? {} : { envFrom: [{ secretRef: { name: storage.secretName } }] }),
        workingDir: startFolder,
        resources,
        securityContext: restrictedContainer,
        volumeMounts: [
          { name: 'flow', mountPath: volumeFolder },
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
