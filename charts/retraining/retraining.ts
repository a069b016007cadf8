import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { AlertReceiver } from '../../lib/graph/alert-receiver';
import { Credential } from '../../lib/graph/credential';
import { Endpoint } from '../../lib/graph/endpoint';
import { httpProbe, tokenlessPod } from '../../lib/kubernetes/pods';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import type { ModelConfig } from '../config';
import type { ClusterContext, PlatformContext } from '../context';
import { apiVariables, type PrefectApi } from '../prefect/api';
import type { Prefect } from '../prefect/prefect';
import type { Programs } from '../programs';

export interface RetrainingProps {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  /** The models with `retrain`. */
  readonly models: readonly ModelConfig[];
  readonly api: PrefectApi;
  /** The Python program. */
  readonly program: string;
}

const name = 'retraining';
const port = 8080;
/** Receivers of the config cannot have this name. */
const receiverName = 'platform/retraining';
const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/component': 'receiver' };

/** Adds the receiver where a model has `retrain`. */
export function addRetraining(
  { app, config, cluster }: PlatformContext,
  { prefect, programs }: { readonly prefect?: Prefect; readonly programs: Programs },
): void {
  const models = config.models.filter(({ retrain }) => retrain !== undefined);
  if (prefect === undefined || models.length === 0) return;
  new Retraining(app, 'retraining', { cluster, ...prefect, models, program: programs.retraining });
}

/** Receives Alertmanager's notifications of drift, and starts the Prefect deployment that retrains the model. */
export class Retraining extends ServiceChart {
  constructor(scope: Construct, id: string, props: RetrainingProps) {
    const { cluster, namespace, models, api, program } = props;
    super(scope, id, { wave: Wave.Consumers, namespace });

    const settingsOfProgram = { host: '0.0.0.0', port, retrain: models.map(retrainingOf) };
    const settings = new k8s.KubeConfigMap(this, 'settings', {
      metadata: { name },
      data: { 'retraining.py': program, 'settings.json': `${JSON.stringify(settingsOfProgram, null, 2)}\n` },
    });
    // Training is expensive, so only Alertmanager may start it.
    const token = new Credential(this, 'token', { name: 'retraining-token', keys: { token: { random: 40 } } });
    new k8s.KubeServiceAccount(this, 'service-account', { metadata: { name }, automountServiceAccountToken: false });
    new k8s.KubeDeployment(this, 'deployment', {
      metadata: { name },
      spec: {
        // One replica: two could both find that no training is running, and each start one.
        replicas: 1,
        strategy: { type: 'Recreate' },
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            ...tokenlessPod(name, 1001),
            containers: [
              {
                name: 'receiver',
                image: cluster.images.reference('prefect'),
                command: ['python', '/program/retraining.py', '/program/settings.json'],
                env: [
                  ...apiVariables(api),
                  { name: 'HOME', value: '/tmp' },
                  ...token.env({ RETRAINING_TOKEN: 'token' }),
                ],
                ports: [{ name: 'http', containerPort: port }],
                startupProbe: httpProbe('/healthz', port, { periodSeconds: 5, failureThreshold: 24 }),
                livenessProbe: httpProbe('/healthz', port, { periodSeconds: 20, timeoutSeconds: 5 }),
                // Not ready while Prefect does not answer or refuses the login, so that Alertmanager retries later.
                readinessProbe: httpProbe('/readyz', port, { periodSeconds: 10, timeoutSeconds: 5 }),
                resources: {
                  requests: { cpu: k8s.Quantity.fromString('20m'), memory: k8s.Quantity.fromString('160Mi') },
                  limits: { cpu: k8s.Quantity.fromString('500m'), memory: k8s.Quantity.fromString('384Mi') },
                },
                volumeMounts: [
                  { name: 'program', mountPath: '/program', readOnly: true },
                  { name: 'tmp', mountPath: '/tmp' },
                ],
              },
            ],
            volumes: [
              { name: 'program', configMap: { name: settings.name } },
              { name: 'tmp', emptyDir: {} },
            ],
          },
        },
      },
    });
    new k8s.KubeService(this, 'service', {
      metadata: { name },
      spec: { selector: labels, ports: [{ name: 'http', port, targetPort: k8s.IntOrString.fromString('http') }] },
    });
    this.uses(`Deployment/${name}`, api.endpoint, 'starts flow runs that train models anew');
    const service = Endpoint.ofService({ name, namespace, domain: cluster.domain, port, scheme: 'http' });
    new AlertReceiver(this, 'receiver', {
      name: receiverName,
      url: service.url('/alerts'),
      alerts: [...new Set(models.flatMap(({ retrain }) => retrain?.alerts ?? []))].sort(),
      models: models.map((model) => model.name),
      token: token.key('token'),
      // The receiver may answer "too early" or "still running". This reminder starts a training that has become due
      // since.
      repeatInterval: '10m',
    });
  }
}

/** One entry in the settings of programs/prefect/src/retraining.py. */
function retrainingOf({ name: model, retrain }: ModelConfig): object {
  const { deployment, alerts, atMostEvery } = retrain ?? {};
  return {
    model,
    deployment,
    alerts,
    minSeconds: atMostEvery === undefined ? undefined : secondsOf(atMostEvery),
  };
}

/** Seconds of a Prometheus duration with one unit (prometheus/common, model/time.go). */
function secondsOf(duration: string): number {
  const units: Readonly<Record<string, number>> = { h: 3600, d: 86_400, w: 604_800, y: 31_536_000 };
  return Number(duration.slice(0, -1)) * (units[duration.slice(-1)] ?? 1);
}
