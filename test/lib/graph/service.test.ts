import { App, Chart } from 'cdk8s';
import { Connection } from '../../../lib/graph/connection';
import { Credential } from '../../../lib/graph/credential';
import { Endpoint } from '../../../lib/graph/endpoint';
import { resourceValues, resources } from '../../../lib/kubernetes/pods';
import { ServiceChart, Wave } from '../../../lib/graph/service-chart';

class Web extends ServiceChart {
  constructor(app: App, id: string, wave: Wave) {
    super(app, id, { wave, namespace: `space-${id}` });
    this.uses('web', new Endpoint('db', 5432, 'postgresql'), 'rows');
    this.uses('web', new Endpoint('db', 5433, 'postgresql'), 'more rows');
  }
}

test('services are ordered by wave and name, and their files are named by both', () => {
  const app = new App();
  new Web(app, 'b', Wave.Data);
  new Web(app, 'z', Wave.Namespaces);
  new Web(app, 'a', Wave.Data);
  new Chart(app, 'no-service');
  expect(ServiceChart.allIn(app).map(({ fileName }) => fileName)).toEqual(['00-z.yaml', '40-a.yaml', '40-b.yaml']);
});

test('connections are declared where they are used, with the namespace of the workload', () => {
  const app = new App();
  new Web(app, 'a', Wave.Data);
  expect(Connection.allIn(app).map(({ namespace, props }) => [namespace, props.endpoint.url(), props.purpose])).toEqual(
    [
      ['space-a', 'postgresql://db:5432', 'rows'],
      ['space-a', 'postgresql://db:5433', 'more rows'],
    ],
  );
});

describe('a credential', () => {
  const chart = new Chart(new App(), 'service', { namespace: 'space' });
  const keys = { user: { value: 'admin' }, password: { random: 24 } };
  const credential = new Credential(chart, 'credential', { name: 'database', keys });

  test('needs a chart with a namespace', () => {
    expect(() => new Credential(new Chart(new App(), 'lost'), 'x', { name: 'x', keys })).toThrow(
      'lost/x: a credential needs a chart with a namespace',
    );
  });

  test('says what its Secret holds, and makes no object', () => {
    expect(credential.spec).toEqual({ namespace: 'space', name: 'database', keys });
    expect(Credential.allIn(chart)).toEqual([credential]);
    expect(chart.toJson()).toEqual([]);
  });

  test('gives its keys to others, and no key that it does not have', () => {
    expect(credential.key('password')).toEqual({ namespace: 'space', name: 'database', key: 'password' });
    expect(credential.env({ DB_USER: 'user' })).toEqual([
      { name: 'DB_USER', valueFrom: { secretKeyRef: { name: 'database', key: 'user' } } },
    ]);
    expect(() => credential.key('passwrod')).toThrow('service/credential: Secret database has no key passwrod');
    expect(() => credential.env({ A: 'constructor' })).toThrow('has no key constructor');
  });
});

test('requests and limits are the same for a Helm chart and for a typed container', () => {
  const size = { cpu: '250m', cpuLimit: '1', memory: '256Mi', memoryLimit: '1Gi' };
  const expected = { requests: { cpu: '250m', memory: '256Mi' }, limits: { cpu: '1', memory: '1Gi' } };
  expect(resourceValues(size)).toEqual(expected);
  const typed = resources(size);
  const plain = (amounts: typeof typed.limits) =>
    Object.fromEntries(Object.entries(amounts ?? {}).map(([key, quantity]) => [key, quantity.value]));
  expect({ requests: plain(typed.requests), limits: plain(typed.limits) }).toEqual(expected);
});
