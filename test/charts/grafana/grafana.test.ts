import { Grafana, type GrafanaProps } from '../../../charts/grafana/grafana';
import { DashboardRow } from '../../../lib/graph/dashboard';
import { completeConfig } from '../../support/complete-config';
import { endpoint, testSnapshots } from '../../support/service';

describe('Grafana with every option set, and a row that another service declares', () => {
  testSnapshots((app, cluster) => {
    const props: Required<GrafanaProps> = {
      cluster,
      namespace: 'pictures',
      size: completeConfig.sizes.grafana,
      expose: { type: 'nodePort', port: 31300 },
      prometheus: endpoint('prometheus', 9090),
      namespaces: new Map([['pictures', 'restricted']]),
    };
    const grafana = new Grafana(app, 'grafana', props);
    const queries = { 'sum(rate(sales_total[5m]))': 'sales' };
    new DashboardRow(grafana, 'row', { title: 'Shop', panels: [{ title: 'Sales', unit: 'reqps', queries }] });
    return grafana;
  });
});
