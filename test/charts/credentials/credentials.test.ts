import { Credentials, type CredentialsProps } from '../../../charts/credentials/credentials';
import { Credential } from '../../../lib/graph/credential';
import { ServiceChart, Wave } from '../../../lib/graph/service-chart';
import { completeCharts, objectsOfComplete, testObjects } from '../../support/complete-platform';
import { objectsOf, serviceOf, testSnapshots } from '../../support/service';
import type { Loose } from '../../support/config';
import { expectYaml } from '../../support/yaml';

describe('the Job that makes Secrets, with every option set', () => {
  testSnapshots((app, cluster) => {
    const props: Required<CredentialsProps> = { cluster, namespace: 'keys', program: '// the program\n' };
    const sales = new ServiceChart(app, 'sales', { wave: Wave.Applications, namespace: 'sales' });
    const foreign = { namespace: 'vault', name: 'bank', key: 'pin' };
    const keys = { id: { value: 'till' }, password: { random: 32 }, pin: { copyOf: foreign } };
    const till = new Credential(sales, 'till', { name: 'till', type: 'example.org/till', keys });
    const template = { template: 'https://{password}@till', values: { password: till.key('password') } };
    new Credential(sales, 'url', { name: 'url', keys: { url: { ...template, encode: 'none' } } });
    const token = { jwt: { sub: 'reader' }, signedWith: till.key('password') };
    new Credential(sales, 'token', { name: 'token', keys: { token } });
    return new Credentials(app, 'credentials', props);
  });
});

describe('the objects that make the Secrets of the complete platform', () => {
  testObjects(objectsOfComplete('credentials').filter(({ kind }) => kind !== 'ConfigMap'));
});

describe('the Secrets of the complete platform', () => {
  test.each(completeCharts().map((chart) => [chart.node.id, chart] as const))('in %s', (_, chart) => {
    expectYaml(Credential.allIn(chart).map(({ spec }) => spec));
  });
});

test('what is too much for one ConfigMap goes on in another, and the program gets all of it', () => {
  const chart = serviceOf((app, cluster) => {
    const sales = new ServiceChart(app, 'sales', { wave: Wave.Applications, namespace: 'sales' });
    const keys = Object.fromEntries(
      Array.from({ length: 2000 }, (_, index) => [`${'key'.repeat(10)}-${index}`, { random: 40 }]),
    );
    new Credential(sales, 'users', { name: 'users', keys });
    return new Credentials(app, 'credentials', { cluster, namespace: 'keys', program: '// the program\n' });
  });
  const objects = objectsOf(chart);
  const files = objects.filter(({ kind }) => kind === 'ConfigMap').map(({ data }) => data as Record<string, string>);
  expect(files.length).toBeGreaterThan(1);
  for (const data of files) expect(JSON.stringify(data).length).toBeLessThan(250_000);
  const names = Object.keys(Object.assign({}, ...files) as object).filter((name) => name.endsWith('.json'));
  const [{ command }] = (objects.find(({ kind }) => kind === 'Job') as Loose).spec.template.spec.containers;
  expect(command.slice(2)).toEqual(names.map((name) => `/job/${name}`));
  const lists = names.map((name) => JSON.parse(files.find((data) => name in data)?.[name] ?? '') as Loose[]);
  expect(lists.flat().flatMap(({ keys }) => Object.keys(keys as object))).toHaveLength(2000);
});
