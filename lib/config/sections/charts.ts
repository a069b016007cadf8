import { z } from 'zod';
import type { ChartSource } from '../../helm/chart-catalog';

const sources = ['bundled', 'upstream'] as const satisfies readonly ChartSource[];
const written = '"bundled" or "upstream"';

/** Where the Helm charts of a service come from. */
export const chartSource = z.enum(sources, { error: `must be ${written}` });

/** Whose Helm charts are used. @param byService the services that can choose for themselves */
export const chartsSection = <Shape extends z.core.$ZodLooseShape>(byService: Shape) =>
  z.union(
    [
      chartSource,
      z.strictObject({
        /**
         * Of the services that are not named here.
         * @default 'bundled'
         * @example 'upstream'
         */
        default: chartSource.default('bundled'),
        ...byService,
      }),
    ],
    { error: `must be ${written}, or an object with one of them for each service (write e.g. { kafka: "upstream" })` },
  );
