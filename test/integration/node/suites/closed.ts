import type { Loose } from '../../../support/config';
import type { Cluster } from '../cluster';
import type { Given } from '../given';
import { exampleImage } from '../images/make';
import { viewsOf } from '../pods';
import { nodeStep, step } from '../step';

/** What the config of these tests exposes, and so opens to every pod: `<namespace>/<Service>:<port>`. */
const exposed = [
  'istio-system/istio-ingressgateway:80',
  'mlops-kafka/kafka-controller-0-external:9094',
  'mlops-kafka/kafka-external:9095',
  'mlops-kafka/kafka:9095',
  'mlops-minio/minio:9000',
  'mlops-mlflow/mlflow-service:5000',
  'mlops-mlflow/mlflow-tracking-server:5000',
  'mlops-prefect/prefect-server:4200',
  'mlops-prometheus/prometheus-kube-prometheus-prometheus:9090',
];

/** What no policy can close: webhooks, as it cannot name the API server. */
const unclosed = ['istio-system/istiod:443', 'mlops-seldon/seldon-webhook-service:443'];

/** Ports of pods behind both, and no other: whatever a program listens at, declared or not. */
const openPorts = [
  'istio-system/istio-ingressgateway:80',
  'istio-system/istiod:15017',
  'mlops-kafka/kafka-controller-0:9095',
  'mlops-minio/minio:9000',
  'mlops-mlflow/mlflow-tracking-server:5000',
  'mlops-prefect/prefect-server:4200',
  'mlops-prometheus/prometheus-prometheus-kube-prometheus-prometheus-0:9090',
  'mlops-seldon/seldon-controller-manager:4443',
];

/** The same pods behind two Services. */
const mlflow = ['mlops-mlflow/mlflow-service:5000', 'mlops-mlflow/mlflow-tracking-server:5000'];
const kafka = 'mlops-kafka/kafka:9092';
const store = 'mlops-minio/minio:9000';

/** Pods that try, as `kubectl exec` takes them, how their own Services begin, and all that they reach besides. */
const pods = [
  {
    ...{ namespace: 'mlops-mlflow', pod: 'deployment/mlflow-tracking-server', itself: 'mlflow-' },
    reached: [store, 'mlops-mlflow/postgresql-mlflow:5432'],
  },
  {
    ...{ namespace: 'mlops-drift', pod: 'deployment/drift-detector-creditcard', itself: 'drift-detector-creditcard' },
    reached: [kafka, store, ...mlflow],
  },
  {
    ...{ namespace: 'mlops-models', pod: 'deployment/creditcard-default-0-pod', itself: 'creditcard-' },
    reached: [kafka, store, ...mlflow],
  },
  {
    ...{ namespace: 'mlops-prefect', pod: 'deployment/prefect-worker', itself: 'prefect-worker' },
    reached: ['default/kubernetes:443', 'mlops-prefect/prefect-server:4200'],
  },
];

/** Tries to connect to each of its arguments, `<name>=<host>:<port>`, and prints the names of those that answer. */
const attempt = `
import socket, sys
from concurrent.futures import ThreadPoolExecutor
def opens(target):
    name, address = target.split("=")
    host, port = address.rsplit(":", 1)
    try:
        socket.create_connection((host, int(port)), timeout=3).close()
        return name
    except OSError:
        return None
with ThreadPoolExecutor(64) as pool:
    print(*filter(None, pool.map(opens, sys.argv[1:])), sep="\\n")
`;

/** What the policies of the platform let pass, tried from pods at every port of every Service. */
export function closedTests(given: () => Given): void {
  step('a stranger in the cluster reaches what is exposed, and nothing else', async () => {
    const { cluster } = given();
    const targets = await targetsOf(cluster);
    const command = ['python', '-c', attempt, ...targets];
    const open = namesIn(await cluster.runPod('stranger', { image: exampleImage, command }));
    // No policy of the platform is about other namespaces.
    expect(open.filter((name) => !/^(default|kube-system)\//.test(name))).toEqual([...exposed, ...unclosed].sort());
    expect(targets.length - open.length).toBeGreaterThan(20);
  });

  nodeStep('the same stranger reaches no other port of any pod', async () => {
    const { cluster, node } = given();
    const ports = await node.listeningPorts();
    const views = (await viewsOf(cluster)).filter(
      ({ ready, namespace, object }) => ready && namespace !== 'kube-system' && object.spec.hostNetwork !== true,
    );
    const targets = views.flatMap(({ workload, containers, object: { status } }) => {
      const ids = containers.map(({ containerID = '' }) => containerID.replace('containerd://', ''));
      const all = [...new Set(ids.flatMap((id) => ports.get(id) ?? []))];
      return all.map((port) => `${workload}:${port}=${status.podIP ?? ''}:${port}`);
    });
    const command = ['python', '-c', attempt, ...targets];
    expect(namesIn(await cluster.runPod('stranger', { image: exampleImage, command }))).toEqual(openPorts);
    process.stderr.write(`${targets.length} ports of ${views.length} pods tried, ${openPorts.length} open\n`);
    expect(targets.length - openPorts.length).toBeGreaterThan(30);
  });

  for (const { namespace, pod, itself, reached } of pods) {
    step(`${pod} reaches whom it needs, and nobody else`, async () => {
      const { cluster } = given();
      const said = await cluster.exec(namespace, pod, 'python', '-c', attempt, ...(await targetsOf(cluster)));
      const others = namesIn(said).filter(
        (name) => !name.startsWith(`${namespace}/${itself}`) && !name.startsWith('kube-system/kube-dns:'),
      );
      expect(others).toEqual([...reached].sort());
    });
  }
}

const namesIn = (said: string): string[] => said.split('\n').filter(Boolean).sort();

/** `<namespace>/<Service>:<port>=<address>:<port>` of every Service that has an address. */
async function targetsOf(cluster: Cluster): Promise<string[]> {
  const { items }: { items: Loose[] } = await cluster.proxy.get('/api/v1/services');
  return items.flatMap(({ metadata: { namespace, name }, spec: { clusterIP = 'None', ports = [] } }) =>
    ports
      .filter(({ protocol }: Loose) => protocol === 'TCP' && clusterIP !== 'None')
      .map(({ port }: Loose) => `${namespace}/${name}:${port}=${clusterIP}:${port}`),
  );
}
