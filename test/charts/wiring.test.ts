import { completeCharts } from '../support/complete-platform';
import { objectsOf, wiringOf } from '../support/service';
import { Table } from '../support/table';
import { expectYaml } from '../support/yaml';

// What charts/platform.ts gives each service of the complete platform: sizes, images, namespaces, neighbours.

const charts = completeCharts().map((chart) => [chart.node.id, chart] as const);

test('the complete platform has these charts', () => {
  expect(charts.map(([, chart]) => chart.fileName)).toMatchSnapshot();
});

test.each(charts)('%s has these pods, ports and rights of our own', (_, chart) => {
  expect(new Table(objectsOf(chart))).toMatchSnapshot();
});

test('each workload has these connections, and each service these addresses', () => {
  expectYaml(Object.fromEntries(charts.map(([id, chart]) => [id, wiringOf(chart)])));
});
