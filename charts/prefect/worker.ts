import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { ComponentSize } from '../../lib/config/sizes';
import { asUser, httpProbe, resources, spread } from '../../lib/kubernetes/pods';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import type { ClusterContext } from '../context';
import { apiVariables, type PrefectApi } from './api';

export interface PrefectWorkerProps {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  /** Where flows run. */
  readonly flowNamespace: string;
  readonly size: ComponentSize;
  readonly api: PrefectApi;
  /** Work pool that the worker serves. */
  readonly workPool: string;
}

const name = 'prefect-worker';
const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/component': 'worker' };
/** Where it says whether it still polls (prefect 3.9.1, settings/models/worker.py and workers/server.py). */
const healthPort = 8080;

/** A worker that runs the flows of a work pool as Kubernetes Jobs. */
export class PrefectWorker extends ServiceChart {
  constructor(scope: Construct, id: string, props: PrefectWorkerProps) {
    const { cluster, namespace, flowNamespace, size, api, workPool } = props;
    super(scope, id, { wave: Wave.Consumers, namespace, otherNamespaces: [flowNamespace] });

    new k8s.KubeServiceAccount(this, 'service-account', { metadata: { name } });
    // prefect-kubernetes 0.8.0: worker.py makes Jobs, and can delete them; observer.py watches Jobs and
    // their pods, and reads the log of a run that has crashed.
    new k8s.KubeRole(this, 'role', {
      metadata: { name, namespace: flowNamespace },
      rules: [
        { apiGroups: ['batch'], resources: ['jobs'], verbs: ['get', 'list', 'watch', 'create', 'delete'] },
        { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
        { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
      ],
    });
    new k8s.KubeRoleBinding(this, 'role-binding', {
      metadata: { name, namespace: flowNamespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    });

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
            containers: [
              {
                name: 'worker',
                image: cluster.images.reference('prefect'),
                // It waits for the pool, which the Job of prefect-flows makes.
                command: [
                  ...['prefect', 'worker', 'start', '--type', 'kubernetes', '--pool', workPool],
                  ...['--no-create-pool-if-not-found', '--install-policy', 'never', '--with-healthcheck'],
                ],
                env: [
                  ...apiVariables(api),
                  { name: 'HOME', value: '/tmp' },
                  ...observerVariables(flowNamespace),
                  ...loginOfFlowRuns(api),
                ],
                ports: [{ name: 'health', containerPort: healthPort }],
                // Both fail five minutes after the last poll that Prefect's server has answered. A restart helps only
                // if the worker hangs, so it has five minutes more.
                startupProbe: httpProbe('/health', healthPort, { periodSeconds: 5, failureThreshold: 60 }),
                readinessProbe: httpProbe('/health', healthPort, { periodSeconds: 10, timeoutSeconds: 5 }),
                livenessProbe: httpProbe('/health', healthPort, {
                  ...{ periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 10 },
                }),
                resources: resources(size),
                volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
              },
            ],
            volumes: [{ name: 'tmp', emptyDir: {} }],
          },
        },
      },
    });
    if (size.replicas > 1) {
      new k8s.KubePodDisruptionBudget(this, 'disruption-budget', {
        metadata: { name },
        spec: { maxUnavailable: k8s.IntOrString.fromNumber(1), selector: { matchLabels: labels } },
      });
    }
    this.uses(`Deployment/${name}`, api.endpoint, 'work to run');
  }
}

/** Without it the observer would watch the whole cluster, which the Role does not allow. */
const observerVariables = (namespace: string): k8s.EnvVar[] => [
  { name: 'PREFECT_INTEGRATIONS_KUBERNETES_OBSERVER_NAMESPACES', value: namespace },
];

/** Lets the Jobs name the Secret, in place of its value, which the worker would hand on. They have a copy of it. */
const loginOfFlowRuns = ({ login }: PrefectApi): k8s.EnvVar[] => [
  { name: 'PREFECT_INTEGRATIONS_KUBERNETES_WORKER_API_AUTH_STRING_SECRET_NAME', value: login.name },
  { name: 'PREFECT_INTEGRATIONS_KUBERNETES_WORKER_API_AUTH_STRING_SECRET_KEY', value: login.key },
];
