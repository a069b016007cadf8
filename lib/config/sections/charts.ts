import { z } from 'zod';
import type { ChartSource } from '../../helm/chart-catalog';

const sources = ['bundled', 'upstream'] as const satisfies readonly ChartSource[];
const written = '"bundled" or "upstream"';

/** Source of a service's Helm charts. */
export const chartSource = z.enum(sources, { error: `must be ${written}` });

/** Source of the Helm charts. @param byService services that may have a source of their own */
export const chartsSection = <Shape extends z.core.$ZodLooseShape>(byService: Shape) =>
  z.union(
    [
      chartSource,
      z.strictObject({
        /**
         * Source for services that are not listed here.
         * @default 'bundled'
         * @example 'upstream'
         */
        default: chartSource.default('bundled'),
        ...byService,
      }),
    ],
    { error: `must be ${written}, or an object with one of them for each service (write e.g. { kafka: "upstream" })` },
  );
