import { z } from 'zod';
import { httpExposure } from '../exposure';

export const grafana = z
  .union(
    [
      z.literal(false),
      z.strictObject({
        /**
         * How browsers reach it.
         * @default a node port
         * @example { type: 'ingress', host: 'grafana.example.org', tlsSecret: 'grafana-tls' }
         */
        expose: httpExposure(30300),
      }),
    ],
    { error: 'must be false or an object (write false to leave it out, {} to install it)' },
  )
  .default(false);
