import type { k8s } from 'cdk8s-plus-27';
import type { ComponentSize } from '../../lib/config/sizes';
import type { Credential } from '../../lib/graph/credential';
import { httpProbe, resources } from '../../lib/kubernetes/pods';
import { amountOf } from '../../lib/kubernetes/quantity';

interface ServerProps {
  readonly image: string;
  readonly size: ComponentSize;
  readonly port: number;
  readonly credential: Credential;
  /** ConfigMap with settings. */
  readonly settings: { readonly name: string };
  /** Values of the header `Host` that it answers. */
  readonly hosts: readonly string[];
}

const home: k8s.EnvVar = { name: 'HOME', value: '/tmp' };
const volumeMounts = [{ name: 'tmp', mountPath: '/tmp' }];

/**
 * Brings the tables of the database to the version of the server, or makes them. In front of every server, because the
 * server itself would do so, too, with nothing to keep two of them apart: programs/mlflow/mlflow_database.py.
 */
export const upgradeContainer = (image: string, size: ComponentSize, credential: Credential): k8s.Container => ({
  name: 'upgrade',
  image,
  command: ['python', '-m', 'mlflow_database'],
  env: [...credential.env({ MLFLOW_BACKEND_STORE_URI: 'MLFLOW_BACKEND_STORE_URI' }), home],
  // What it says last is in the status of the pod.
  terminationMessagePolicy: 'FallbackToLogsOnError',
  resources: resources(size),
  volumeMounts,
});

export function serverContainer({ image, size, port, credential, settings, hosts }: ServerProps): k8s.Container {
  return {
    name: 'mlflow',
    image,
    command: ['mlflow', 'server'],
    args: [
      ...['--host', '0.0.0.0', '--port', String(port), '--workers', String(workersOf(size))],
      ...['--expose-prometheus', '/tmp/metrics'],
    ],
    env: [
      ...credential.env({
        MLFLOW_BACKEND_STORE_URI: 'MLFLOW_BACKEND_STORE_URI',
        AWS_ACCESS_KEY_ID: 'AWS_ACCESS_KEY_ID',
        AWS_SECRET_ACCESS_KEY: 'AWS_SECRET_ACCESS_KEY',
      }),
      home,
      { name: 'POD_IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } },
      { name: 'MLFLOW_SERVER_ALLOWED_HOSTS', value: hosts.join(',') },
    ],
    envFrom: [{ configMapRef: { name: settings.name } }],
    ports: [{ name: 'http', containerPort: port }],
    // Ten minutes, for a node that is busy with everything else that starts.
    startupProbe: httpProbe('/health', port, { periodSeconds: 5, failureThreshold: 120 }),
    readinessProbe: httpProbe('/health', port, { periodSeconds: 10, timeoutSeconds: 5 }),
    livenessProbe: httpProbe('/health', port, { periodSeconds: 20, timeoutSeconds: 10, failureThreshold: 6 }),
    resources: resources(size),
    volumeMounts,
  };
}

/**
 * One process for each CPU, as far as there are 512 MiB for each. Measured with MLflow 3.17.2, without file cache: one
 * takes 360 MiB at rest and 480 MiB with eight busy clients, two 530 and 750, four 870 and 1,210.
 */
export const workersOf = ({ cpuLimit, memoryLimit }: ComponentSize): number =>
  Math.max(1, Math.min(Math.ceil(amountOf(cpuLimit)), Math.floor(amountOf(memoryLimit) / 2 ** 29)));
