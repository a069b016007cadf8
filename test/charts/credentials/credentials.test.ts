import { Credentials, type CredentialsProps } from '../../../charts/credentials/credentials';
import { Credential } from '../../../lib/graph/credential';
import { ServiceChart, Wave } from '../../../lib/graph/service-chart';
import { completeCharts, objectsOfComplete, testObjects } from '../../support/complete-platform';
import { testSnapshots } from '../../support/service';
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
