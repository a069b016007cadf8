import { z } from 'zod';
import { serviceNeeds } from '../../lib/config/rules/needs';
import { httpExposure } from '../../lib/config/sections/exposure';
import { docker, facts } from '../../lib/images/declared';
import { declareService } from '../../lib/service/declaration';

const grafana = z
  .union(
    [
      z.literal(false),
      z.strictObject({
        /**
         * How browsers reach Grafana.
         * @default { type: 'cluster' }
         * @example { type: 'ingress', host: 'grafana.example.org', tlsSecret: 'grafana-tls' }
         */
        expose: httpExposure(30300),
      }),
    ],
    { error: 'must be false or an object (write false to leave it out, {} to install it)' },
  )
  .default(false);

export default declareService({
  name: 'grafana',
  config: {
    services: {
      /**
       * Grafana with dashboards of the platform, its models and their drift. `{}` installs it.
       * @default false
       * @example {}
       */
      grafana,
    },
  },
  needs: serviceNeeds('grafana', 'prometheus'),
  httpExposures: ['expose'],
  sizes: {
    grafana: {
      laptop: [1, '50m', '500m', '128Mi', '384Mi', '1Gi'],
      team: [1, '100m', '1', '192Mi', '512Mi', '2Gi'],
      production: [1, '250m', '1', '384Mi', '1Gi', '5Gi'],
      single: 'its database is a file on a volume of its own',
    },
  },
  images: { grafana: docker('grafana/grafana', '12.4.10', facts('AGPL-3.0-only', 'unknown')) },
  upgrades: [{ section: 'Grafana 12.4.3 → 12.4.10', from: /(^|\/)grafana\/grafana:12\.4\.\d$/ }],
});
