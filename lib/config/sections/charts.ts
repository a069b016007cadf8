import { z } from 'zod';
import type { ChartService, ChartSource } from '../../../charts/source';

const sources = ['bundled', 'upstream'] as const satisfies readonly ChartSource[];
const written = '"bundled" or "upstream"';

const source = z.enum(sources, { error: `must be ${written}` });

const byService = z.strictObject({
  /**
   * Of the services that are not named here.
   * @default 'bundled'
   * @example 'upstream'
   */
  default: source.default('bundled'),
  /**
   * PostgreSQL for MLflow.
   * @default the default above
   * @example 'upstream'
   */
  postgresql: source.optional(),
  /**
   * The object store.
   * @default the default above
   * @example 'upstream'
   */
  minio: source.optional(),
  /**
   * The brokers.
   * @default the default above
   * @example 'upstream'
   */
  kafka: source.optional(),
  /**
   * Prefect's server and its database.
   * @default the default above
   * @example 'upstream'
   */
  prefect: source.optional(),
  /**
   * Prometheus, Alertmanager, their operator and the exporters.
   * @default the default above
   * @example 'upstream'
   */
  prometheus: source.optional(),
  /**
   * Seldon Core's operator.
   * @default the default above
   * @example 'upstream'
   */
  seldon: source.optional(),
  /**
   * Istio's control plane and gateways.
   * @default the default above
   * @example 'upstream'
   */
  istio: source.optional(),
  /**
   * The provisioner of volumes on an NFS share.
   * @default the default above
   * @example 'upstream'
   */
  nfs: source.optional(),
} satisfies Record<ChartService | 'default', z.ZodType>);

export const charts = z.union([source, byService], {
  error: `must be ${written}, or an object with one of them for each service (write e.g. { kafka: "upstream" })`,
});
