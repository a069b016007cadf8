import { drift } from './situations/drift';
import { models } from './situations/models';
import { prometheus } from './situations/prometheus';
import type { Situations } from './situations/series';
import { services } from './situations/services';
import { workloads } from './situations/workloads';

/** Those of every alert of the platform. */
export const situations: Situations = { ...models, ...drift, ...services, ...prometheus, ...workloads };
