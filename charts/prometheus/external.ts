import { z } from 'zod';
import { labels } from '../../lib/config/metadata';
import { dnsLabel, podUrl } from '../../lib/config/primitives';

/** A Prometheus operator of the user's own, and its Prometheus. */
export const external = z
  .strictObject({
    /**
     * URL at which your Prometheus answers queries.
     * @example 'https://prometheus.example.org'
     */
    url: podUrl('https://prometheus.example.org'),
    /**
     * Labels by which your Prometheus selects monitors.
     * @default {}
     * @example { release: 'prometheus' }
     */
    monitorLabels: labels.default({}),
    /**
     * Namespace of its pods, which the network policies let in to the metrics.
     * @default that of `url`, where it is an address in the cluster
     * @example 'monitoring'
     */
    namespace: dnsLabel('monitoring').optional(),
  })
  .optional();
