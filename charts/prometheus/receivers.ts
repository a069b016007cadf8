import { z } from 'zod';
import { dnsLabel, listOf, podHostAndPort, podUrl, secretKey, someText } from '../../lib/config/primitives';
import { secretReference } from '../../lib/config/sections/installable';

const name = {
  /**
   * Its name in Alertmanager.
   * @example 'on-call'
   */
  name: dnsLabel('on-call'),
};

/** Which alerts a receiver gets: those that meet every condition that is there. */
const conditions = {
  ...name,
  /**
   * Only alerts this bad.
   * @default all
   * @example 'critical'
   */
  severity: z.enum(['critical', 'warning']).optional(),
  /**
   * Only alerts about these models.
   * @default all, and what is about no model
   * @example ['creditcard']
   */
  models: listOf(dnsLabel('creditcard'), 'model', 'creditcard').optional(),
  /**
   * Only alerts of these names, as in docs/alerts.md.
   * @default all
   * @example ['DriftDetected']
   */
  alerts: listOf(alertName(), 'alert', 'DriftDetected').optional(),
};

function alertName() {
  return someText('the name of an alert', 'DriftDetected')
    .refine((name) => /^[A-Za-z]\w*$/.test(name), {
      error: 'must be the name of an alert: letters and digits (write e.g. "DriftDetected")',
    })
    .refine((name) => name !== 'Watchdog', {
      error: "always fires, and goes to receivers of type 'heartbeat' only (remove it, or add a heartbeat)",
    });
}

/** An address that takes POST, and what opens it. */
const hook = {
  /**
   * The address, as pods reach it.
   * @example 'https://hooks.example.org/alerts'
   */
  url: podUrl('https://hooks.example.org/alerts'),
  /**
   * A bearer token that is sent along.
   * @default none
   */
  secret: secretReference({
    /**
     * Key with the token.
     * @default 'token'
     * @example 'token'
     */
    token: secretKey('token').default('token'),
  }).optional(),
};

const receiver = z.discriminatedUnion('type', [
  z.strictObject({
    /** POST to an address, in Alertmanager's JSON: another program, in the platform or outside. */
    type: z.literal('webhook'),
    ...conditions,
    ...hook,
  }),
  z.strictObject({
    /** POST every minute or two while alerts work: to a service outside that calls you when they stop. */
    type: z.literal('heartbeat'),
    ...name,
    ...hook,
  }),
  z.strictObject({
    /** A channel of Slack, or of what speaks its incoming webhooks. */
    type: z.literal('slack'),
    ...conditions,
    /**
     * The channel.
     * @example '#mlops'
     */
    channel: someText('a channel', '#mlops'),
    /** The webhook, whose URL is secret. */
    secret: secretReference({
      /**
       * Key with the URL.
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
    /** The integration, Events API v2. */
    secret: secretReference({
      /**
       * Key with the integration key.
       * @default 'routingKey'
       * @example 'routingKey'
       */
      routingKey: secretKey('routingKey').default('routingKey'),
    }),
  }),
  z.strictObject({
    /** Mail. */
    type: z.literal('email'),
    ...conditions,
    /**
     * To whom.
     * @example 'mlops@example.org'
     */
    to: someText('an address', 'mlops@example.org'),
    /**
     * From whom.
     * @example 'alertmanager@example.org'
     */
    from: someText('an address', 'alertmanager@example.org'),
    /**
     * Server that takes it, with STARTTLS.
     * @example 'smtp.example.org:587'
     */
    smarthost: podHostAndPort('smtp.example.org:587'),
    /**
     * User there.
     * @default the sender
     * @example 'alertmanager'
     */
    username: someText('a user', 'alertmanager').optional(),
    /**
     * The login.
     * @default none
     */
    secret: secretReference({
      /**
       * Key with the password.
       * @default 'password'
       * @example 'password'
       */
      password: secretKey('password').default('password'),
    }).optional(),
  }),
]);

export const receivers = z.array(receiver, { error: 'must be a list of receivers (write [] for none)' }).default([]);

export type Receiver = z.output<typeof receiver>;
