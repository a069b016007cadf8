import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { ComponentSize } from '../../lib/config/sizes';
import type { Endpoint } from '../../lib/graph/endpoint';
import { resources, asUser, spread } from '../../lib/kubernetes/pods';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import type { ClusterContext } from '../context';
import type { FlowNeighbours } from './flows';

export interface PrefectAgentProps {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  readonly size: ComponentSize;
  /** API of the server. */
  readonly api: Endpoint;
  /** Work pool that the agent serves. */
  readonly workPool: string;
  /** Services that the flow runs connect to. */
  readonly flows: FlowNeighbours;
}

const name = 'prefect-agent';
const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/component': 'agent' };

/** An agent that runs the flows of a work pool as Kubernetes Jobs. */
export class PrefectAgent extends ServiceChart {
  constructor(scope: Construct, id: string, props: PrefectAgentProps) {
    const { cluster, namespace, size, api, workPool, flows } = props;
    super(scope, id, { wave: Wave.Consumers, namespace });

    new k8s.KubeServiceAccount(this, 'service-account', { metadata: { name } });
    // The calls of Prefect's Kubernetes infrastructure (prefect 2.10.4, src/prefect/infrastructure/kubernetes.py).
    new k8s.KubeRole(this, 'role', {
      metadata: { name },
      rules: [
        { apiGroups: ['batch'], resources: ['jobs'], verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'] },
        { apiGroups: [''], resources: ['pods', 'pods/log', 'pods/status'], verbs: ['get', 'list', 'watch'] },
      ],
    });
    new k8s.KubeRoleBinding(this, 'role-binding', {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    });

    const image = cluster.images.reference('prefect');
    const env: k8s.EnvVar[] = [
      { name: 'PREFECT_API_URL', value: api.url() },
      { name: 'HOME', value: '/tmp' },
      // Otherwise the agent would read the UID of the namespace kube-system, which its Role does not allow.
      { name: 'PREFECT_KUBERNETES_CLUSTER_UID', value: cluster.platform },
    ];
    const volumeMounts = [{ name: 'tmp', mountPath: '/tmp' }];
    new k8s.KubeDeployment(this, 'deployment', {
      metadata: { name },
      spec: {
        replicas: size.replicas,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: name,
            securityContext: asUser(1001),
            affinity: spread(labels),
            initContainers: [
              {
                name: 'work-pool',
                image,
                command: ['python', '-c', awaitWorkPool, workPool],
                env,
                resources: resources(size),
                volumeMounts,
              },
            ],
            containers: [
              {
                name: 'agent',
                image,
                command: ['prefect', 'agent', 'start', '--pool', workPool, '--work-queue', 'default'],
                env,
                // The agent serves no port and exits when it fails, so ready means that Prefect's server answers it.
                readinessProbe: {
                  exec: { command: ['python', '-c', probeApi] },
                  periodSeconds: 30,
                  timeoutSeconds: 10,
                },
                resources: resources(size),
                volumeMounts,
              },
            ],
            volumes: [{ name: 'tmp', emptyDir: {} }],
          },
        },
      },
    });
    this.uses(name, api, 'work to run');
    for (const { endpoint, purpose } of connectionsOf(flows)) this.uses(name, endpoint, purpose);
  }
}

/** Connections of the flow runs, whose pods the agent creates. */
const connectionsOf = ({ storage, mlflow, kafka }: FlowNeighbours): { endpoint: Endpoint; purpose: string }[] => [
  ...(storage === undefined ? [] : [{ endpoint: storage.endpoint, purpose: 'code and results of flow runs' }]),
  ...(mlflow === undefined ? [] : [{ endpoint: mlflow, purpose: 'experiments and models of flow runs' }]),
  ...(kafka?.endpoints ?? []).map((endpoint) => ({ endpoint, purpose: 'messages of flow runs' })),
];

// An agent exits when its pool is missing. The Job of prefect-flows creates it.
const awaitWorkPool = [
  'import os, sys, time, urllib.request',
  'url = os.environ["PREFECT_API_URL"] + "/work_pools/" + sys.argv[1]',
  'while True:',
  '    try:',
  '        urllib.request.urlopen(url, timeout=8)',
  '        break',
  '    except OSError as error:',
  '        print(f"waiting for the work pool at {url}: {error}", flush=True)',
  '        time.sleep(5)',
].join('\n');

const probeApi = [
  'import os, urllib.request',
  'urllib.request.urlopen(os.environ["PREFECT_API_URL"] + "/health", timeout=8)',
].join('\n');
