import { declared, outputRules } from '../../../charts/catalog';
import { violations } from '../../../lib/checks';
import type { Output } from '../../../lib/checks/output';
import { OutputIndex } from '../../../lib/checks/output-index';
import { controls } from '../../../lib/checks/pod-security-standards';
import { imagePins, parseConfig, type Config } from '../../../charts/config';
import type { KubernetesObject } from '../../../lib/kubernetes/object';
import { assemble } from '../../support/output';
import { usual as config } from '../../support/usual-config';
import type { Loose } from './small-output';

const nfs = { server: 'nfs.example.org', path: '/export' };

const platform = (changes: Partial<Config> = {}): Promise<Output> => assemble(parseConfig({ ...config, ...changes }));

/** A copy of the output that can be broken. */
class Broken {
  private readonly files: { name: string; wave: number; objects: KubernetesObject[] }[];
  secrets: Loose[];

  constructor(private readonly whole: Output) {
    this.files = structuredClone(whole.files) as typeof this.files;
    this.secrets = structuredClone(whole.secrets) as Loose[];
  }

  find(kind: string, name: string): Loose {
    const found = this.files.flatMap(({ objects }) => objects).find(this.is(kind, name));
    if (found === undefined) throw new Error(`the platform has no ${kind} ${name}`);
    return found;
  }

  remove(kind: string, name: string): void {
    this.find(kind, name);
    for (const file of this.files) file.objects = file.objects.filter((object) => !this.is(kind, name)(object));
  }

  container(kind: string, name: string): Loose {
    return this.find(kind, name).spec.template.spec.containers[0];
  }

  get violations(): string[] {
    return violations({ ...this.whole, files: this.files, secrets: this.secrets }, outputRules);
  }

  private readonly is =
    (kind: string, name: string) =>
    (object: KubernetesObject): boolean =>
      object.kind === kind && object.metadata.name === name;
}

describe('the platform', () => {
  let whole: Output;
  beforeAll(async () => {
    whole = await platform();
  });

  test('keeps every rule', () => {
    expect(violations(whole, outputRules)).toEqual([]);
  });

  test.each<[change: string, how: (output: Broken) => void, violation: string]>([
    [
      'a Service gets another name',
      (output) => (output.find('Service', 'minio').metadata.name = 'minio2'),
      'ConfigMap/mlops-mlflow/mlflow-configmap: data.MLFLOW_S3_ENDPOINT_URL has the address minio.mlops-minio.svc.cluster.local, which leads to no Service (add Service minio to mlops-minio or correct the address)',
    ],
    [
      'a Service gets another port',
      (output) => (output.find('Service', 'kafka').spec.ports[0].port = 9192),
      'Connection/SeldonDeployment/mlops-models/creditcard: uses kafka.mlops-kafka.svc.cluster.local:9092 (streams its requests), which asks Service kafka for port 9092 (it has 9192 (tcp-client))',
    ],
    [
      'a broker is missing',
      (output) => (output.find('StatefulSet', 'kafka-controller').spec.replicas = 2),
      'ConfigMap/mlops-kafka/kafka-controller-configuration: data.node-2.properties has the address kafka-controller-2.kafka-controller-headless.mlops-kafka.svc.cluster.local, which asks for pod kafka-controller-2, which does not run (check the replicas)',
    ],
    [
      'a pod asks for a file that its ConfigMap does not have',
      (output) => {
        const [volume] = output.find('Deployment', 'drift-detector-creditcard').spec.template.spec.volumes;
        volume.configMap.items = [{ key: 'config.yml', path: 'config.yaml' }];
      },
      'Deployment/mlops-drift/drift-detector-creditcard: volume config asks ConfigMap drift-detector-creditcard for key config.yml (it has config.yaml)',
    ],
    [
      'a ConfigMap is gone',
      (output) => output.remove('ConfigMap', 'mlflow-configmap'),
      'Deployment/mlops-mlflow/mlflow-tracking-server: envFrom of container mlflow names ConfigMap mlflow-configmap, which nothing makes (correct the name or add the object)',
    ],
    [
      'a namespace is gone',
      (output) => output.remove('Namespace', 'mlops-drift'),
      'Deployment/mlops-drift/drift-detector-creditcard: namespace mlops-drift is not made (register it with the platform)',
    ],
    [
      'a credential is gone',
      (output) => (output.secrets = output.secrets.filter(({ name }) => name !== 'creditcard-rclone')),
      'SeldonDeployment/mlops-models/creditcard: envSecretRefName of creditcard names Secret creditcard-rclone, which nothing makes (declare a Credential in mlops-models)',
    ],
    [
      'a key of a credential is gone',
      (output) => delete output.secrets.find(({ name }) => name === 'minio-users').keys['creditcard.detector'],
      'Secret/mlops-drift/drift-detector-creditcard: key AWS_SECRET_ACCESS_KEY asks Secret mlops-minio/minio-users for key creditcard.detector (it has metrics-access-key, metrics, mlflow-access-key, mlflow, prefect-access-key, prefect, creditcard.model-access-key, creditcard.model, creditcard.detector-access-key)',
    ],
    [
      'a service account is gone',
      (output) => output.remove('ServiceAccount', 'prefect-worker'),
      'RoleBinding/mlops-flows/prefect-worker: subjects names ServiceAccount prefect-worker, which nothing makes (correct the name or add the object)',
    ],
    [
      'a binding is gone',
      (output) => output.remove('RoleBinding', 'prefect-worker'),
      'Deployment/mlops-prefect/prefect-worker: its pods get the token of prefect-worker, which is granted nothing (set automountServiceAccountToken: false)',
    ],
    [
      'a definition is gone',
      (output) => output.remove('CustomResourceDefinition', 'gateways.networking.istio.io'),
      'Gateway/istio-system/seldon-gateway: nothing defines networking.istio.io/v1 Gateway (add its CustomResourceDefinition)',
    ],
    [
      'the gateway of the models is gone',
      (output) => output.remove('Gateway', 'seldon-gateway'),
      'Deployment/mlops-seldon/seldon-controller-manager: spec.template.spec.containers.0.env.3.value names istio-system/seldon-gateway, which nothing makes (correct the name or add the object)',
    ],
    [
      'the pods of the ingress gateway lose their label',
      (output) => delete output.find('Deployment', 'istio-ingressgateway').spec.template.metadata.labels.istio,
      'Gateway/istio-system/seldon-gateway: its selector istio=ingressgateway matches no pod (compare it with the labels of the pod template)',
    ],
    [
      'a port loses its name',
      (output) => delete output.container('Deployment', 'mlflow-tracking-server').ports[0].name,
      'Service/mlops-mlflow/mlflow-tracking-server: port http leads to port http, which Deployment/mlops-mlflow/mlflow-tracking-server does not have (name one of its ports)',
    ],
    [
      'a Service loses the label that its monitor selects',
      (output) => delete output.find('Service', 'mlflow-tracking-server').metadata.labels.app,
      'ServiceMonitor/mlops-prometheus/mlflow: its selector app=mlflow-tracking-server matches no Service (compare it with the labels there)',
    ],
    [
      'Prometheus gets another name',
      (output) => (output.find('Prometheus', 'prometheus-kube-prometheus-prometheus').metadata.name = 'main'),
      'Service/mlops-prometheus/prometheus-kube-prometheus-prometheus: its selector app.kubernetes.io/name=prometheus,prometheus=prometheus-kube-prometheus-prometheus matches no pod (compare it with the labels of the pod template)',
    ],
    [
      'a node port is taken twice',
      (output) => (output.find('Service', 'prefect-server').spec.ports[0].nodePort = 30080),
      'Service/mlops-prefect/prefect-server: node port 30080 is that of Service/istio-system/istio-ingressgateway (choose another one)',
    ],
    [
      'a model server changes under its tag',
      (output) => {
        const { data } = output.find('ConfigMap', 'seldon-config');
        data.predictor_servers = data.predictor_servers.replace(imagePins.mlserverMlflow.tag, 'latest');
      },
      'ConfigMap/mlops-seldon/seldon-config: data.predictor_servers is the image docker.io/seldonio/mlserver:latest, which changes under its tag (pin another one)',
    ],
    [
      'a password is written down',
      (output) =>
        output.container('Deployment', 'mlflow-tracking-server').env.push({ name: 'DB_PASSWORD', value: 'hunter2' }),
      'Deployment/mlops-mlflow/mlflow-tracking-server: env DB_PASSWORD of container mlflow has a literal value (declare a Credential instead)',
    ],
    [
      'a template of a credential holds a password',
      (output) => {
        const { keys } = output.secrets.find(({ name }) => name === 'mlflow-secret');
        keys.MLFLOW_BACKEND_STORE_URI.template = keys.MLFLOW_BACKEND_STORE_URI.template.replace(
          '{password}',
          'hunter2',
        );
      },
      'Secret/mlops-mlflow/mlflow-secret: keys.MLFLOW_BACKEND_STORE_URI.template holds a URL with a password (declare a Credential instead)',
    ],
    [
      'a container may gain rights',
      (output) => delete output.container('StatefulSet', 'postgresql-mlflow').securityContext.allowPrivilegeEscalation,
      'StatefulSet/mlops-mlflow/postgresql-mlflow: container postgresql does not set allowPrivilegeEscalation: false (allowPrivilegeEscalation of the restricted level: namespace mlops-mlflow enforces restricted)',
    ],
    [
      'the exporter of the nodes does more than its exception says',
      (output) => (output.container('DaemonSet', 'prometheus-node-exporter').securityContext.privileged = true),
      'DaemonSet/mlops-nodes/prometheus-node-exporter: container node-exporter is privileged (privileged of the baseline level: restrict it, or except it with a reason)',
    ],
    [
      'a container has no limits',
      (output) => delete output.container('Deployment', 'istiod').resources.limits.memory,
      'Deployment/istio-system/istiod: container discovery has no limit of memory (say how much it may take)',
    ],
  ])('is refused when %s', (_, how, violation) => {
    const output = new Broken(whole);
    how(output);
    expect(output.violations).toContain(violation);
  });
});

describe('the platform keeps every rule', () => {
  const expose = (host: string) =>
    ({ type: 'ingress', host: `${host}.example.org`, tlsSecret: `${host}-tls` }) as const;
  const withoutLogin = { withoutLogin: true } as const;
  const secret = { namespace: 'vault', name: 'store' };

  test.each<[way: string, changes: Partial<Config>]>([
    ['on a laptop', { size: { profile: 'laptop' } }],
    ['in production', { size: { profile: 'production' } }],
    ['without models', { models: [] }],
    ['on an NFS share', { cluster: { ...config.cluster, nfs } }],
    ['with Secrets of the user', { secrets: { mode: 'existing' } }],
    ['with Secrets from a store', { secrets: { mode: 'externalSecrets', store: { name: 'vault' } } }],
    [
      'under another prefix and domain, with a class of volumes',
      { namespacePrefix: 'ml', cluster: { ...config.cluster, domain: 'corp.local', storageClass: 'fast' } },
    ],
    [
      'with a mirror, pull secrets and an image of the user',
      {
        images: {
          registry: 'mirror.example.org:5000/all',
          pullSecrets: ['registry'],
          overrides: { mlflow: 'ghcr.io/example/mlflow:1.0.0' },
        },
      },
    ],
    [
      'behind ingresses',
      {
        services: {
          mlflow: { expose: { ...expose('mlflow'), ...withoutLogin } },
          prefect: { expose: expose('prefect') },
          prometheus: {
            expose: { ...expose('prometheus'), ...withoutLogin },
            alertmanager: { ...expose('alerts'), ...withoutLogin },
          },
          minio: { expose: expose('s3'), console: expose('console') },
          istio: { expose: expose('models'), egressGateway: true },
        },
      },
    ],
    [
      'with a Prometheus, an Istio and a Kafka of the user',
      {
        services: {
          prometheus: { external: { url: 'https://prometheus.example.org', namespace: 'monitoring' } },
          istio: { external: { namespace: 'mesh', url: 'https://models.example.org' } },
          kafka: { external: { bootstrapServers: ['kafka.data.svc.cluster.local:9092'] } },
        },
      },
    ],
    [
      'with databases and a store of the user',
      {
        services: {
          postgresql: {
            external: {
              mlflow: {
                host: 'db.data.svc.cluster.local',
                database: 'mlflow',
                secret: { ...secret, keys: { username: 'u', password: 'p' } },
              },
            },
          },
          minio: {
            external: {
              endpoint: 'https://s3.example.org',
              secret: { ...secret, keys: { accessKey: 'a', secretKey: 's' } },
            },
          },
        },
      },
    ],
  ])('%s', async (_, changes) => {
    expect(violations(await platform(changes), outputRules)).toEqual([]);
  });
});

test('pods are excepted from just what they break', async () => {
  const { workloads } = new OutputIndex(await platform({ cluster: { ...config.cluster, nfs } }));
  const broken = workloads.flatMap((workload) => {
    const ids = controls.filter(({ problems }) => problems(workload).length > 0).map(({ id }) => id);
    const { kind, metadata } = workload.object;
    const withoutProbes =
      kind !== 'Job' &&
      workload.spec.containers.some((container) => !container.readinessProbe && !container.livenessProbe);
    return ids.length > 0 || withoutProbes
      ? [{ workload: `${kind}/${metadata.name}`, controls: ids, withoutProbes }]
      : [];
  });
  const excepted = declared.checks.podExceptions.map(({ workload, controls: ids = [], withoutProbes = false }) => ({
    workload,
    controls: ids,
    withoutProbes,
  }));
  expect(new Set(broken)).toEqual(new Set(excepted));
});
