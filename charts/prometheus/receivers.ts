import { z } from 'zod';
import { alertName, dnsLabel, listOf, podHostAndPort, podUrl, secretKey, someText } from '../../lib/config/primitives';
import { secretReference } from '../../lib/config/sections/installable';

const name = {
  /**
   * Name of the receiver in Alertmanager.
   * @example 'on-call'
   */
  name: dnsLabel('on-call'),
};

/** Selects the alerts of a receiver: those that meet all given conditions. */
const conditions = {
  ...name,
  /**
   * Only alerts of this severity.
   * @default all
   * @example 'critical'
   */
  severity: z.enum(['critical', 'warning']).optional(),
  /**
   * Only alerts about these models.
   * @default all alerts, including those about no model
   * @example ['creditcard']
   */
  models: listOf(dnsLabel('creditcard'), 'model', 'creditcard').optional(),
  /**
   * Only alerts with these names; docs/alerts.md lists them.
   * @default all
   * @example ['DriftDetected']
   */
  alerts: listOf(routedAlert(), 'alert', 'DriftDetected').optional(),
};

function routedAlert() {
  return alertName('DriftDetected').refine((name) => name !== 'Watchdog', {
    error: "always fires, and goes to receivers of type 'heartbeat' only (remove it, or add a heartbeat)",
  });
}

/** A URL that accepts POST, and its token. */
const hook = {
  /**
   * URL as pods reach it.
   * @example 'https://hooks.example.org/alerts'
   */
  url: podUrl('https://hooks.example.org/alerts'),
  /**
   * Secret with a bearer token for the requests.
   * @default none
   */
  secret: secretReference({
    /**
     * Key of the Secret that holds the token.
     * @default 'token'
     * @example 'token'
     */
    token: secretKey('token').default('token'),
  }).optional(),
};

const receiver = z.discriminatedUnion('type', [
  z.strictObject({
    /** POST in Alertmanager's JSON to a program, in the cluster or outside. */
    type: z.literal('webhook'),
    ...conditions,
    ...hook,
  }),
  z.strictObject({
    /**
     * POST every minute or two while alerting works, to an external service that notifies you when the requests stop.
     */
    type: z.literal('heartbeat'),
    ...name,
    ...hook,
  }),
  z.strictObject({
    /** A channel of Slack, or of a service with Slack's incoming webhooks. */
    type: z.literal('slack'),
    ...conditions,
    /**
     * Name of the channel.
     * @example '#mlops'
     */
    channel: someText('a channel', '#mlops'),
    /** Secret with the webhook's URL. */
    secret: secretReference({
      /**
       * Key of the Secret that holds the URL.
       * @default 'url'
       * @example 'url'
       */
      url: secretKey('url').default('url'),
    }),
  }),
  z.strictObject({
    /** A service of PagerDuty. */
    type: z.literal('pagerduty'),
    ...conditions,
    /** Secret with the key of an Events API v2 integration. */
    secret: secretReference({
      /**
       * Key of the Secret that holds the integration key.
       * @default 'routingKey'
       * @example 'routingKey'
       */
      routingKey: secretKey('routingKey').default('routingKey'),
    }),
  }),
  z.strictObject({
    /** E-mail. */
    type: z.literal('email'),
    ...conditions,
    /**
     * Address of the recipient.
     * @example 'mlops@example.org'
     */
    to: someText('an address', 'mlops@example.org'),
    /**
     * Address of the sender.
     * @example 'alertmanager@example.org'
     */
    from: someText('an address', 'alertmanager@example.org'),
    /**
     * SMTP server with STARTTLS, as `host:port`.
     * @example 'smtp.example.org:587'
     */
    smarthost: podHostAndPort('smtp.example.org:587'),
    /**
     * User name at the SMTP server.
     * @default the sender
     * @example 'alertmanager'
     */
    username: someText('a user', 'alertmanager').optional(),
    /**
     * Secret with the password at the SMTP server.
     * @default none
     */
    secret: secretReference({
      /**
       * Key of the Secret that holds the password.
       * @default 'password'
       * @example 'password'
       */
      password: secretKey('password').default('password'),
    }).optional(),
  }),
]);

export const receivers = z.array(receiver, { error: 'must be a list of receivers (write [] for none)' }).default([]);

export type Receiver = z.output<typeof receiver>;
