import { ApiObject } from 'cdk8s';
import { AlertmanagerConfig } from '../../imports/monitoring.coreos.com';
import type { AlertReceiver } from '../../lib/graph/alert-receiver';
import { Credential } from '../../lib/graph/credential';
import type { SecretKeyRef, ValueSpec } from '../../lib/graph/secret-spec';
import type { ServiceChart } from '../../lib/graph/service-chart';
import { watchdog } from './alerts';
import type { Receiver } from './receivers';

/** Whom the platform tells: receivers of the config, and programs of its own. */
export type Recipient = Receiver & {
  /** After how long it is told again of alerts that go on firing. @default twelve hours */
  readonly repeatInterval?: string;
};

/** A program of the platform as a receiver. */
export const recipientOf = ({ props }: AlertReceiver): Recipient => {
  const { token, ...rest } = props;
  const { namespace, name, key } = token;
  return { ...rest, type: 'webhook', secret: { namespace, name, keys: { token: key } } } as Recipient;
};

const secretName = 'alertmanager-receivers';

/** Goes to nobody: alerts that no receiver asks for are in Alertmanager's pages only. */
const nobody = { name: 'nobody' };

/**
 * Alertmanager's whole configuration, with credentials as references to copies of the user's Secrets.
 *
 * @returns the name of the object, which must be in the namespace of Alertmanager
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
    // The generated class knows no field of a receiver but its name.
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
          // Each of them gets what it asks for, whoever else does.
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

/** The alert that always fires, which nobody else is told of. */
const heartbeats = (receivers: readonly Recipient[]): object => ({
  receiver: nobody.name,
  matchers: [{ name: 'alertname', matchType: '=', value: watchdog }],
  groupWait: '0s',
  groupInterval: '1m',
  repeatInterval: '1m',
  routes: receivers.map(({ name }) => ({ receiver: name, continue: true })),
});

/** A name of the platform's own has a slash, which a key of a Secret cannot have. */
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

/** The credential of a receiver, if it has one. */
function secretOf(receiver: Receiver): SecretKeyRef | undefined {
  const { secret } = receiver;
  if (secret === undefined) return undefined;
  const [key = ''] = Object.values(secret.keys);
  return { namespace: secret.namespace, name: secret.name, key };
}

/** Fields: prometheus-operator v0.62.0, pkg/apis/monitoring/v1alpha1/alertmanager_config_types.go. */
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
