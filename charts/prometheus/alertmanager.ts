import { ApiObject } from 'cdk8s';
import { AlertmanagerConfig } from '../../imports/monitoring.coreos.com';
import type { Target } from '../../lib/graph/connection';
import { Endpoint } from '../../lib/graph/endpoint';
import type { AlertReceiver } from '../../lib/graph/alert-receiver';
import { Credential } from '../../lib/graph/credential';
import type { SecretKeyRef, ValueSpec } from '../../lib/graph/secret-spec';
import type { ServiceChart } from '../../lib/graph/service-chart';
import { watchdog } from './alerts';
import type { Receiver } from './receivers';

/** A target of notifications: a receiver of the config, or a program of the platform. */
export type Recipient = Receiver & {
  /** Interval at which it is reminded of alerts that keep firing. @default twelve hours */
  readonly repeatInterval?: string;
};

/** The program of an `AlertReceiver` as a recipient. */
export const recipientOf = ({ props }: AlertReceiver): Recipient => {
  const { token, ...rest } = props;
  const { namespace, name, key } = token;
  return { ...rest, type: 'webhook', secret: { namespace, name, keys: { token: key } } } as Recipient;
};

/** Where Alertmanager sends the notifications of a receiver. The address of a channel is in a Secret. */
export function targetOf(receiver: Receiver): Target {
  switch (receiver.type) {
    case 'heartbeat':
    case 'webhook':
      return Endpoint.ofUrl(receiver.url);
    case 'slack':
      return { addresses: 'internet', ports: [443] };
    case 'pagerduty':
      // alertmanager v0.35.0, config/config.go, PagerdutyURL
      return new Endpoint('events.pagerduty.com', 443, 'https');
    case 'email': {
      const [host = '', port] = receiver.smarthost.split(':');
      return new Endpoint(host, Number(port), 'smtp');
    }
  }
}

const secretName = 'alertmanager-receivers';

/** Discards its alerts: those that no receiver selects are visible in Alertmanager only. */
const nobody = { name: 'nobody' };

/**
 * Alertmanager's whole configuration. Credentials are references to copies of the user's Secrets.
 *
 * @returns the name of the object, which must be in Alertmanager's namespace
 */
export function addAlerting(chart: ServiceChart, receivers: readonly Recipient[]): string {
  const keys = Object.fromEntries(
    receivers.flatMap((receiver): [string, ValueSpec][] => {
      const source = secretOf(receiver);
      return source === undefined ? [] : [[keyOf(receiver), { copyOf: source }]];
    }),
  );
  if (Object.keys(keys).length > 0) new Credential(chart, 'receivers', { name: secretName, keys });
  const config = new ApiObject(chart, 'alerting', {
    // The generated class knows only the name of a receiver.
    ...AlertmanagerConfig.GVK,
    metadata: { name: 'platform' },
    spec: {
      route: {
        receiver: nobody.name,
        groupBy: ['alertname', 'namespace', 'model'],
        groupWait: '30s',
        groupInterval: '5m',
        repeatInterval: '12h',
        routes: [
          heartbeats(receivers.filter(({ type }) => type === 'heartbeat')),
          // Each receiver gets the alerts that it selects, whether or not others get them too.
          ...receivers.flatMap((receiver) =>
            receiver.type === 'heartbeat'
              ? []
              : [
                  {
                    receiver: receiver.name,
                    matchers: matchersOf(receiver),
                    repeatInterval: receiver.repeatInterval,
                    continue: true,
                  },
                ],
          ),
        ],
      },
      receivers: [nobody, ...receivers.map(receiverOf)],
    },
  });
  return config.name;
}

/** Routes the alert that always fires to the heartbeats only. */
const heartbeats = (receivers: readonly Recipient[]): object => ({
  receiver: nobody.name,
  matchers: [{ name: 'alertname', matchType: '=', value: watchdog }],
  groupWait: '0s',
  groupInterval: '1m',
  repeatInterval: '1m',
  routes: receivers.map(({ name }) => ({ receiver: name, continue: true })),
});

/** The platform's own names contain a slash, which the key of a Secret must not. */
const keyOf = ({ name }: Receiver): string => name.replace('/', '.');

interface Matcher {
  readonly name: string;
  readonly matchType: '=' | '=~';
  readonly value: string;
}

function matchersOf({ severity, models, alerts }: Exclude<Receiver, { type: 'heartbeat' }>): Matcher[] {
  const oneOf = (name: string, values: readonly string[] | undefined): Matcher[] =>
    values === undefined ? [] : [{ name, matchType: '=~', value: values.join('|') }];
  return [
    ...(severity === undefined ? [] : [{ name: 'severity', matchType: '=' as const, value: severity }]),
    ...oneOf('model', models),
    ...oneOf('alertname', alerts),
  ];
}

/** Credential of a receiver, if it has one. */
function secretOf(receiver: Receiver): SecretKeyRef | undefined {
  const { secret } = receiver;
  if (secret === undefined) return undefined;
  const [key = ''] = Object.values(secret.keys);
  return { namespace: secret.namespace, name: secret.name, key };
}

/** Fields: prometheus-operator v0.94.1, pkg/apis/monitoring/v1alpha1/alertmanager_config_types.go. */
function receiverOf(receiver: Receiver): object {
  const { name } = receiver;
  const secret = { name: secretName, key: keyOf(receiver) };
  const sendResolved = true;
  switch (receiver.type) {
    case 'heartbeat':
    case 'webhook': {
      const httpConfig =
        receiver.secret === undefined ? {} : { httpConfig: { authorization: { credentials: secret } } };
      return {
        name,
        webhookConfigs: [{ url: receiver.url, sendResolved: receiver.type === 'webhook', ...httpConfig }],
      };
    }
    case 'slack': {
      const { channel } = receiver;
      return { name, slackConfigs: [{ apiURL: secret, channel, sendResolved, title: slackTitle, text: slackText }] };
    }
    case 'pagerduty':
      return { name, pagerdutyConfigs: [{ routingKey: secret, sendResolved }] };
    case 'email': {
      const { to, from, smarthost, username } = receiver;
      const login = receiver.secret === undefined ? {} : { authUsername: username ?? from, authPassword: secret };
      return { name, emailConfigs: [{ to, from, smarthost, sendResolved, ...login }] };
    }
  }
}

const slackTitle = '{{ .Status | toUpper }} {{ .CommonLabels.alertname }}';
const slackText = '{{ range .Alerts }}{{ .Annotations.summary }} {{ .Annotations.description }}\n{{ end }}';
