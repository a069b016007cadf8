import { Alerts, type AlertsProps } from '../../../charts/prometheus/alert-rules';
import { AlertRules, type Alert, type Recording } from '../../../lib/graph/alert';
import { objectsOfComplete, testObjects } from '../../support/complete-platform';
import { testSnapshots } from '../../support/service';

const alert: Required<Alert> = {
  alert: 'ShopClosed',
  expr: 'shop_open == 0',
  for: '7m',
  severity: 'critical',
  labels: { branch: '{{ $labels.branch }}' },
  summary: 'A shop is closed.',
  description: 'Nobody can buy.',
};
const recording: Required<Recording> = { record: 'shop:sales', expr: 'sum(sales)', labels: { branch: 'all' } };

describe('alert rules with every option set', () => {
  testSnapshots((app) => {
    const props: Required<AlertsProps> = {
      namespace: 'monitoring',
      namespaces: new Map([['sales', 'restricted']]),
      modelNamespace: 'serving',
      probing: true,
      labels: { release: 'main' },
    };
    const alerts = new Alerts(app, 'alerts', props);
    new AlertRules(alerts, 'declared', () => [{ name: 'shop', rules: [recording, alert] }]);
    return alerts;
  });
});

describe('the alert rules of the complete platform', () => {
  testObjects(objectsOfComplete('alerts'));
});
