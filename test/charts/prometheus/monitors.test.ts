import { Monitors, type MonitorsProps } from '../../../charts/prometheus/monitors';
import { Exposed } from '../../../lib/graph/exposure';
import { Monitored, Probed, type MonitorTarget } from '../../../lib/graph/monitor';
import { completeConfig } from '../../support/complete-config';
import { objectsOfComplete, testObjects } from '../../support/complete-platform';
import { endpoint, testSnapshots } from '../../support/service';

const shop = { name: 'shop', labels: { app: 'shop' }, port: 'metrics', path: '/metrics' };

const onService: Required<MonitorTarget> = {
  ...shop,
  select: 'service',
  namespace: 'sales',
  podLabels: { branch: 'example.org/branch' },
  token: { jwt: { sub: 'reader' }, signedWith: { namespace: 'sales', name: 'shop', key: 'signature' } },
};

describe('monitors with every option set', () => {
  testSnapshots((app) => {
    const props: Required<MonitorsProps> = {
      namespace: 'monitoring',
      prober: endpoint('prober', 19115),
      labels: { release: 'main' },
    };
    const monitors = new Monitors(app, 'monitors', props);
    new Monitored(monitors, 'service', onService);
    new Monitored(monitors, 'pods', { ...shop, name: 'shop-pods', select: 'pods', podLabels: { branch: 'branch' } });
    new Probed(monitors, 'probe', { name: 'till', url: 'http://till.sales.svc/health' });
    new Exposed(monitors, 'door', {
      exposure: { type: 'ingress', host: 'shop.example.org', tlsSecret: 'tls', annotations: {} },
      externalHost: completeConfig.cluster.externalHost,
      service: 'shop',
      port: 80,
    });
    // Not probed, as it would ask for a certificate.
    new Exposed(monitors, 'closed-door', {
      exposure: { type: 'nodePort', port: 30443, tlsSecret: 'tls', clientCertificates: true },
      externalHost: completeConfig.cluster.externalHost,
      service: 'shop',
      port: 443,
    });
    return monitors;
  });
});

describe('the monitors and probes of the complete platform', () => {
  testObjects(objectsOfComplete('monitors'));
});
