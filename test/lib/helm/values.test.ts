import { helmValues, type Values } from '../../../lib/helm/values';

enum Mode {
  Standalone = 'standalone',
  Distributed = 'distributed',
}

interface ChartValues {
  readonly mode?: Mode;
  readonly replicaCount?: number;
  readonly ports?: { readonly name: string; readonly mode?: Mode }[];
}

/** As `cdk8s import` generates it: gives the keys their spelling in the chart. */
const toJson = (values: ChartValues) => ({ mode: values.mode, replicas: values.replicaCount, ports: values.ports });

test('values may be plain strings where the generated types ask for an enum', () => {
  const values: Values<ChartValues> = {
    mode: 'standalone',
    replicaCount: 2,
    ports: [{ name: 'http', mode: 'distributed' }],
  };
  expect(helmValues(toJson, values)).toEqual({
    mode: 'standalone',
    replicas: 2,
    ports: [{ name: 'http', mode: 'distributed' }],
  });
});

test('the compiler refuses any other string', () => {
  // @ts-expect-error: not a value of the enum, at any depth
  const values: Values<ChartValues> = { ports: [{ name: 'http', mode: 'cluster' }] };
  expect(values).toBeDefined();
});
