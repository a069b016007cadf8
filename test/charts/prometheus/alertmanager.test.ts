import { synthesize } from '../../../charts/synthesize';
import type { KubernetesObject } from '../../../lib/kubernetes/object';
import { at, creditcard, parse, problemsWith, type Loose } from '../../support/config';

const secret = { namespace: 'vault', name: 'hooks' };
const hook = { name: 'hook', type: 'webhook', url: 'https://hooks.example.org/a' };
const receivers = [
  { name: 'on-call', type: 'pagerduty', severity: 'critical', secret },
  { name: 'team', type: 'slack', channel: '#mlops', models: ['creditcard'], secret: { ...secret, keys: { url: 'u' } } },
  { name: 'mail', type: 'email', to: 'a@example.org', from: 'b@example.org', smarthost: 'smtp.example.org:587' },
  { ...hook, name: 'retrain', alerts: ['DriftDetected', 'ModelErrorRateHigh'], secret },
];

async function synthesized(list: readonly object[]) {
  const { files, secrets, contents } = await synthesize(
    parse({ models: [creditcard], ...at('services.prometheus.receivers', list) }),
  );
  const objects = files.flatMap((file): readonly KubernetesObject[] => file.objects);
  const spec = (kind: string): Loose => objects.find((object) => object.kind === kind)?.spec;
  return { spec, secrets, text: [...contents.values()].join('') };
}

test('each receiver gets the alerts that it asks for, even if others get them too', async () => {
  const { spec } = await synthesized(receivers);
  expect(spec('Alertmanager').alertmanagerConfiguration).toEqual({ name: 'platform' });
  const { receiver, routes } = spec('AlertmanagerConfig').route;
  expect(receiver).toBe('nobody');
  expect(routes.slice(1)).toEqual([
    { receiver: 'on-call', matchers: [{ name: 'severity', matchType: '=', value: 'critical' }], continue: true },
    { receiver: 'team', matchers: [{ name: 'model', matchType: '=~', value: 'creditcard' }], continue: true },
    { receiver: 'mail', matchers: [], continue: true },
    {
      receiver: 'retrain',
      matchers: [{ name: 'alertname', matchType: '=~', value: 'DriftDetected|ModelErrorRateHigh' }],
      continue: true,
    },
  ]);
});

test('credentials are copies of the Secrets that the config names, and in no manifest', async () => {
  const { spec, secrets, text } = await synthesized(receivers);
  const copies = secrets.find(({ name }) => name === 'alertmanager-receivers');
  expect(copies).toMatchObject({
    namespace: 'mlops-prometheus',
    keys: {
      'on-call': { copyOf: { ...secret, key: 'routingKey' } },
      team: { copyOf: { ...secret, key: 'u' } },
      retrain: { copyOf: { ...secret, key: 'token' } },
    },
  });
  const [nobody, onCall, team, mail, retrain] = spec('AlertmanagerConfig').receivers;
  const of = (key: string) => ({ name: 'alertmanager-receivers', key });
  expect(nobody).toEqual({ name: 'nobody' });
  expect(onCall.pagerdutyConfigs[0].routingKey).toEqual(of('on-call'));
  expect(team.slackConfigs[0]).toMatchObject({ apiURL: of('team'), channel: '#mlops' });
  expect(mail.emailConfigs[0]).not.toHaveProperty('authPassword');
  expect(retrain.webhookConfigs[0]).toMatchObject({
    url: hook.url,
    httpConfig: { authorization: { credentials: of('retrain') } },
  });
  expect(text).not.toMatch(/routing_key:|api_url:/);
});

test('the alert that always fires goes to heartbeats, all the time, and to nobody else', async () => {
  const beat = { name: 'outside', type: 'heartbeat', url: 'https://beats.example.org/a', secret };
  const { spec, secrets } = await synthesized([...receivers, beat, { ...beat, name: 'other', secret: undefined }]);
  const { route, receivers: all } = spec('AlertmanagerConfig');
  const [first, ...others] = route.routes;
  expect(first).toEqual({
    receiver: 'nobody',
    matchers: [{ name: 'alertname', matchType: '=', value: 'Watchdog' }],
    ...{ groupWait: '0s', groupInterval: '1m', repeatInterval: '1m' },
    routes: [
      { receiver: 'outside', continue: true },
      { receiver: 'other', continue: true },
    ],
  });
  expect(others.map(({ receiver }: Loose) => receiver)).toEqual(receivers.map(({ name }) => name));
  const credentials = { name: 'alertmanager-receivers', key: 'outside' };
  const webhook = { url: beat.url, sendResolved: false };
  expect(all.slice(-2)).toEqual([
    { name: 'outside', webhookConfigs: [{ ...webhook, httpConfig: { authorization: { credentials } } }] },
    { name: 'other', webhookConfigs: [webhook] },
  ]);
  expect(secrets.find(({ name }) => name === credentials.name)?.keys).toHaveProperty('outside');
});

test('no other receiver can ask for the alert that always fires, nor a heartbeat for alerts', () => {
  const problems = problemsWith(
    at('services.prometheus.receivers', [
      { ...hook, alerts: ['Watchdog'] },
      { ...hook, name: 'beat', type: 'heartbeat', severity: 'critical' },
    ]),
  );
  expect(problems).toEqual([
    `services.prometheus.receivers[0].alerts[0]: "Watchdog" — always fires, and goes to receivers of type 'heartbeat' only (remove it, or add a heartbeat)`,
    expect.stringMatching(/^services\.prometheus\.receivers\[1\]\.severity: /),
  ]);
});

test('no text of a receiver ends its line', () => {
  const mail = { type: 'email', smarthost: 'smtp.example.org:587' };
  const problems = problemsWith(
    at('services.prometheus.receivers', [
      { ...mail, name: 'mail', to: 'a@example.org\r\nBcc: b@example.org', from: 'c@example.org\n' },
      { name: 'team', type: 'slack', channel: '#mlops\x1b[2J', secret },
      { ...hook, url: 'https://hooks.example.org/a\x1b' },
    ]),
  );
  expect(problems.map((problem) => problem.split(':')[0])).toEqual([
    'services.prometheus.receivers[0].to',
    'services.prometheus.receivers[0].from',
    'services.prometheus.receivers[1].channel',
    'services.prometheus.receivers[2].url',
  ]);
});

test('without receivers Alertmanager keeps the configuration of its chart, and no Secret is made', async () => {
  const { spec, secrets } = await synthesized([]);
  expect(spec('AlertmanagerConfig')).toBeUndefined();
  expect(spec('Alertmanager')).not.toHaveProperty('alertmanagerConfiguration');
  expect(secrets.map(({ name }) => name)).not.toContain('alertmanager-receivers');
});

test('a receiver has a name of its own, and models that exist', () => {
  const problems = problemsWith({
    models: [creditcard],
    ...at('services.prometheus.receivers', [hook, { ...hook, models: ['creditcard', 'other'] }]),
  });
  expect(problems).toEqual([
    'services.prometheus.receivers[1].name: "hook" — services.prometheus.receivers[0] has this name already (choose another one)',
    'services.prometheus.receivers[1].models[1]: "other" — is not the name of a model (write one of models)',
  ]);
});
