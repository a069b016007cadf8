import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { HttpExposure } from '../lib/config/schema';
import type { Sizes } from '../lib/config/sizes';
import { toJson_PrefectserverValues, type PrefectserverValues } from '../imports/prefect-server';
import { HelmRelease } from '../lib/helm/release';
import { helmValues, type Values } from '../lib/helm/values';
import { Credential } from '../lib/wiring/credential';
import { Endpoint } from '../lib/wiring/endpoint';
import { addIngress, publicEndpoint, serviceSettings } from '../lib/wiring/exposure';
import { imageReference } from '../lib/wiring/images';
import { resourceValues, resources, restrictedContainer, restrictedPod, spread } from '../lib/wiring/pods';
import { ServiceChart, Wave } from '../lib/wiring/service-chart';
import type { ClusterContext } from './context';
import type { BucketAccess } from './minio';
import type { DatabaseConnection } from './postgresql';

export interface PrefectProps {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  readonly sizes: Pick<Sizes, 'prefectServer' | 'prefectDatabase' | 'prefectAgent'>;
  readonly expose: HttpExposure;
  /** Work pool that the agent serves. */
  readonly workPool: string;
  /** @default a PostgreSQL of its own */
  readonly database?: DatabaseConnection;
  /** Where flows keep their code and results. @default nowhere */
  readonly storage?: BucketAccess;
}

const server = 'prefect-server';
const agent = 'prefect-agent';
const agentLabels = { 'app.kubernetes.io/name': agent, 'app.kubernetes.io/component': 'agent' };
const connectionSecret = 'prefect-server-postgresql-connection';

/** Prefect's server, its database, and an agent that runs flows as Kubernetes Jobs. */
export class Prefect extends ServiceChart {
  /** API for agents, flows and clients in the cluster. */
  readonly api: Endpoint;

  constructor(scope: Construct, id: string, props: PrefectProps) {
    const { cluster, namespace, expose } = props;
    super(scope, id, { wave: Wave.Applications, namespace });

    const database = this.databaseConnection(props);
    new HelmRelease(this, 'release', {
      ...cluster.charts.release('prefectServer', helmValues(toJson_PrefectserverValues, serverValues(props))),
      releaseName: server,
    });
    addIngress(this, 'ingress', expose, server, 4200);
    const service = Endpoint.ofService({ name: server, namespace, domain: cluster.domain, port: 4200, scheme: 'http' });
    this.api = new Endpoint(service.host, service.port, service.scheme, '/api');
    this.uses(server, database, 'flow runs, blocks and deployments');
    this.addAgent(props);
  }

  /** The Secret with the connection string that Prefect's chart expects, and where it leads. */
  private databaseConnection({ cluster, namespace, database }: PrefectProps): Endpoint {
    const endpoint =
      database?.endpoint ??
      Endpoint.ofService({
        name: `${server}-postgresql`,
        namespace,
        domain: cluster.domain,
        port: 5432,
        scheme: 'postgresql',
      });
    const authority = endpoint.authority;
    const template = `postgresql+asyncpg://{username}:{password}@${authority}/${database?.database ?? 'server'}`;
    if (database !== undefined) {
      const { username, password } = database;
      new Credential(this, 'connection', {
        name: connectionSecret,
        keys: { 'connection-string': { template, values: { username, password } } },
      });
      return endpoint;
    }
    const password = { namespace, name: connectionSecret, key: 'password' };
    new Credential(this, 'connection', {
      name: connectionSecret,
      keys: {
        password: { random: 32 },
        'connection-string': { template: template.replace('{username}', 'prefect'), values: { password } },
      },
    });
    return endpoint;
  }

  private addAgent(props: PrefectProps): void {
    const { cluster, storage } = props;
    const size = props.sizes.prefectAgent;
    new k8s.KubeServiceAccount(this, 'agent-service-account', { metadata: { name: agent } });
    // What Prefect's Kubernetes infrastructure calls: prefect 2.10.4, src/prefect/infrastructure/kubernetes.py.
    new k8s.KubeRole(this, 'agent-role', {
      metadata: { name: agent },
      rules: [
        { apiGroups: ['batch'], resources: ['jobs'], verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'] },
        { apiGroups: [''], resources: ['pods', 'pods/log', 'pods/status'], verbs: ['get', 'list', 'watch'] },
      ],
    });
    new k8s.KubeRoleBinding(this, 'agent-role-binding', {
      metadata: { name: agent },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: agent },
      subjects: [{ kind: 'ServiceAccount', name: agent, namespace: props.namespace }],
    });

    const image = cluster.images.reference('prefect');
    const env: k8s.EnvVar[] = [
      { name: 'PREFECT_API_URL', value: this.api.url() },
      { name: 'HOME', value: '/tmp' },
      // Without it the agent asks for the UID of the namespace kube-system, which its Role does not allow.
      { name: 'PREFECT_KUBERNETES_CLUSTER_UID', value: cluster.platform },
    ];
    const agentEnv = storage === undefined ? env : [...env, ...this.storageEnvironment(storage)];
    const volumeMounts = [{ name: 'tmp', mountPath: '/tmp' }];
    new k8s.KubeDeployment(this, 'agent', {
      metadata: { name: agent },
      spec: {
        replicas: size.replicas,
        selector: { matchLabels: agentLabels },
        template: {
          metadata: { labels: agentLabels },
          spec: {
            serviceAccountName: agent,
            enableServiceLinks: false,
            securityContext: restrictedPod(1001),
            affinity: spread(agentLabels),
            initContainers: [
              {
                name: 'work-pool',
                image,
                command: ['/bin/sh', '-c', createWorkPool],
                args: ['work-pool', props.workPool],
                env,
                resources: resources(size),
                securityContext: restrictedContainer,
                volumeMounts,
              },
            ],
            containers: [
              {
                name: 'agent',
                image,
                command: ['prefect', 'agent', 'start', '--pool', props.workPool, '--work-queue', 'default'],
                env: agentEnv,
                // It serves nothing, and ends by itself when it fails; ready means that its server answers it.
                readinessProbe: {
                  exec: { command: ['python', '-c', probeApi] },
                  periodSeconds: 30,
                  timeoutSeconds: 10,
                },
                resources: resources(size),
                securityContext: restrictedContainer,
                volumeMounts,
              },
            ],
            volumes: [{ name: 'tmp', emptyDir: {} }],
          },
        },
      },
    });
    this.uses(agent, this.api, 'work to run');
    if (storage !== undefined) this.uses(agent, storage.endpoint, 'the code of flows');
  }

  private storageEnvironment(storage: BucketAccess): k8s.EnvVar[] {
    const credential = new Credential(this, 'storage', {
      name: 'prefect-storage',
      keys: { AWS_ACCESS_KEY_ID: storage.accessKey, AWS_SECRET_ACCESS_KEY: { copyOf: storage.secretKey } },
    });
    return [
      // Prefect's S3 block has no field for an endpoint; fsspec takes it from here.
      { name: 'FSSPEC_S3_ENDPOINT_URL', value: storage.endpoint.url() },
      { name: 'AWS_DEFAULT_REGION', value: storage.region },
      ...credential.env({ AWS_ACCESS_KEY_ID: 'AWS_ACCESS_KEY_ID', AWS_SECRET_ACCESS_KEY: 'AWS_SECRET_ACCESS_KEY' }),
    ];
  }
}

// An agent makes the queues of its pool, never the pool itself.
const createWorkPool = [
  'until prefect work-pool inspect "$1" >/dev/null 2>&1 || prefect work-pool create "$1" --type prefect-agent; do',
  '  echo "waiting for the Prefect API at $PREFECT_API_URL"; sleep 5;',
  'done',
].join('\n');

const probeApi = [
  'import os, urllib.request',
  'urllib.request.urlopen(os.environ["PREFECT_API_URL"] + "/health", timeout=8)',
].join('\n');

function serverValues({ cluster, sizes, expose, database }: PrefectProps): Values<PrefectserverValues> {
  const { images, storageClass } = cluster;
  const { type, nodePort, annotations } = serviceSettings(expose);
  const image = images.get('prefect');
  const repository = `${image.registry}/${image.repository}`;
  const postgresql = images.get('prefectPostgresql');
  // Read by browsers, so it must be an address outside the cluster; without one, that of a port-forward.
  const publicApi = publicEndpoint(expose, cluster.externalHost, 4200) ?? new Endpoint('localhost', 4200, 'http');
  return {
    server: {
      image: {
        repository,
        prefectTag: imageReference(image).slice(repository.length + 1),
      },
      publicApiUrl: publicApi.url('/api'),
      // Prefect reports its use to its makers unless told otherwise.
      env: [{ name: 'PREFECT_SERVER_ANALYTICS_ENABLED', value: 'false' }],
      resources: resourceValues(sizes.prefectServer),
      replicaCount: sizes.prefectServer.replicas,
    },
    service: { type, nodePort, annotations },
    postgresql: {
      auth: { existingSecret: connectionSecret },
      ...(database === undefined
        ? {
            image: postgresql,
            primary: {
              resources: resourceValues(sizes.prefectDatabase),
              persistence: { enabled: true, size: sizes.prefectDatabase.disk, storageClass },
            },
          }
        : { useSubChart: false }),
    },
  };
}
