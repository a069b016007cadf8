import { z } from 'zod';
import { count, shortLabel, tag } from '../../primitives';
import { httpExposure } from '../exposure';
import { service } from './service';

export const prefect = service({
  /**
   * How browsers and clients outside the cluster reach it.
   * @default a node port
   * @example { type: 'nodePort', port: 30420 }
   */
  expose: httpExposure(30420),
  /**
   * Work pool that the agent in the cluster serves.
   * @default 'k8s-pool'
   * @example 'k8s-pool'
   */
  workPool: shortLabel(
    63,
    'k8s-pool',
    (name) => !name.startsWith('prefect'),
    ', not starting with "prefect", which Prefect keeps for itself',
  ).default('k8s-pool'),
  /**
   * How much runs at a time.
   * @default no limits are set
   */
  limits: z
    .strictObject({
      /**
       * Flow runs of the work pool.
       * @default as it is set in Prefect: at first without a limit
       * @example 10
       */
      flowRuns: count(10).optional(),
      /**
       * Task runs with a tag: tag and number. Limits of other tags stay as they are.
       * @default {}
       * @example { database: 4 }
       */
      taskRuns: z.record(tag, count(4)).default({}),
    })
    .prefault({}),
});
