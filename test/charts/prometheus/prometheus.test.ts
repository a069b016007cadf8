import { Prometheus, type PrometheusProps } from '../../../charts/prometheus/prometheus';
import { AlertReceiver } from '../../../lib/graph/alert-receiver';
import { completeConfig } from '../../support/complete-config';
import { testSnapshots } from '../../support/service';

const secretOf = (name: string, key: string) => ({ namespace: 'vault', name: `${name}-login`, keys: { [key]: key } });
const models = ['creditcard'];

/** One of each type, with every key set in one of them. */
const receivers: Required<PrometheusProps>['receivers'] = [
  {
    ...{ type: 'webhook', name: 'hook', url: 'https://hooks.example.org/a', severity: 'warning', models },
    ...{ alerts: ['DriftDetected'], secret: { ...secretOf('hook', 'token'), keys: { token: 'bearer' } } },
  },
  { type: 'heartbeat', name: 'outside', url: 'https://beats.example.org/b' },
  {
    ...{ type: 'slack', name: 'team', channel: '#mlops', models },
    secret: { ...secretOf('team', 'url'), keys: { url: 'hook' } },
  },
  {
    ...{ type: 'pagerduty', name: 'on-call', severity: 'critical' },
    secret: { ...secretOf('on-call', 'routingKey'), keys: { routingKey: 'integration' } },
  },
  {
    ...{ type: 'email', name: 'mail', to: 'a@example.org', from: 'b@example.org', smarthost: 'smtp.example.org:587' },
    ...{ username: 'mailer', secret: { ...secretOf('mail', 'password'), keys: { password: 'pass' } } },
  },
];

describe('Prometheus and Alertmanager with every option set, and a receiver of the platform', () => {
  testSnapshots((app, cluster) => {
    const props: Required<PrometheusProps> = {
      cluster,
      namespace: 'monitoring',
      nodeNamespace: 'nodes',
      sizes: completeConfig.sizes,
      expose: { type: 'nodePort', port: 31090 },
      alertmanager: { type: 'loadBalancer', host: 'alerts.example.org', annotations: { 'example.org/pool': 'public' } },
      retention: '40d',
      receivers,
    };
    const prometheus = new Prometheus(app, 'prometheus', props);
    new AlertReceiver(prometheus, 'receiver', {
      name: 'platform/retraining',
      url: 'http://retraining.flows.svc.k8s.example.org:8080/alerts',
      alerts: ['DriftDetected', 'ModelErrorRateHigh'],
      models: ['creditcard', 'own'],
      token: { namespace: 'flows', name: 'retraining-token', key: 'token' },
      repeatInterval: '10m',
    });
    return prometheus;
  });
});
