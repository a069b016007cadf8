import { completeCharts } from '../support/complete-platform';
import { objectsOf } from '../support/service';
import { expectYaml } from '../support/yaml';

const ingresses = completeCharts().flatMap((chart) => objectsOf(chart).filter(({ kind }) => kind === 'Ingress'));

test('the complete platform has an Ingress for each service that can have one', () => {
  expect(ingresses.map(({ metadata }) => metadata.name)).toMatchSnapshot();
});

test.each(ingresses.map((ingress) => [ingress.metadata.name, ingress] as const))('%s', (_, ingress) => {
  expectYaml(ingress);
});
