import { shortLabel } from '../../primitives';
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
});
