import { z } from 'zod';
import { dnsName, text } from '../primitives';

const remotePrefix = text(
  'letters, digits and . _ - / before the names in your store',
  /^[A-Za-z0-9][\w./-]{0,200}$/,
  'mlops/',
);

/** Units of Go's durations; zero would never fetch a value again. */
const refreshInterval = text('a duration in s, m or h', /^[1-9]\d{0,5}[smh]$/, '1h');

/** Where the values of Secrets come from. */
export const secretsSection = z
  .discriminatedUnion('mode', [
    z.strictObject({
      /** A Job in the cluster creates the missing Secrets. */
      mode: z.literal('generated'),
    }),
    z.strictObject({
      /** You create every Secret that `npm run synth` lists. */
      mode: z.literal('existing'),
    }),
    z.strictObject({
      /** The External Secrets Operator of your cluster fetches the values that `npm run synth` lists from your store. */
      mode: z.literal('externalSecrets'),
      /** The store that the operator knows. */
      store: z.strictObject({
        /**
         * Name of the store.
         * @example 'vault'
         */
        name: dnsName('vault'),
        /**
         * Kind of the store. A `SecretStore` must be there in every namespace with Secrets.
         * @default 'ClusterSecretStore'
         * @example 'SecretStore'
         */
        kind: z.enum(['ClusterSecretStore', 'SecretStore']).default('ClusterSecretStore'),
      }),
      /**
       * What the names in your store begin with, before `<namespace>/<name>`.
       * @default nothing
       * @example 'mlops/'
       */
      prefix: remotePrefix.optional(),
      /**
       * How often the operator fetches the values.
       * @default '1h'
       * @example '15m'
       */
      refresh: refreshInterval.default('1h'),
    }),
  ])
  .prefault({ mode: 'generated' });

export type SecretsConfig = z.output<typeof secretsSection>;
