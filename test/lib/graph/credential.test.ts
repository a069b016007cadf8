import { App, Chart } from 'cdk8s';
import { Credential } from '../../../lib/graph/credential';

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
