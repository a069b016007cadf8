import { z } from 'zod';
import { duration, labels, podUrl } from '../../primitives';
import { httpExposure } from '../exposure';
import { receivers } from './receivers';
import { service } from './service';

export const prometheus = service({
  /**
   * How browsers reach Prometheus.
   * @default a node port
   * @example { type: 'cluster' }
   */
  expose: httpExposure(30090),
  /**
   * How browsers reach Alertmanager.
   * @default { type: 'cluster' }
   * @example { type: 'nodePort', port: 30903 }
   */
  alertmanager: httpExposure(30903, { type: 'cluster' }),
  /**
   * How long samples are kept, as Prometheus writes durations.
   * @default '10d'
   * @example '30d'
   */
  retention: duration('10d').default('10d'),
  /**
   * Who gets alerts. Each gets what it asks for; its credential is a Secret of yours, wherever it is.
   * @default [], so that alerts are in Alertmanager's pages only
   * @example [{ name: 'hook', type: 'webhook', url: 'https://hooks.example.org/alerts', severity: 'critical' }]
   */
  receivers,
  /**
   * A Prometheus operator of your own, with its custom resources.
   * @default one is installed
   */
  external: z
    .strictObject({
      /**
       * Where that Prometheus answers.
       * @example 'https://prometheus.example.org'
       */
      url: podUrl('https://prometheus.example.org'),
      /**
       * Labels that your Prometheus selects monitors by.
       * @default {}
       * @example { release: 'prometheus' }
       */
      monitorLabels: labels.default({}),
    })
    .optional(),
});
