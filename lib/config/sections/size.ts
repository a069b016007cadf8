import { z } from 'zod';
import { count, cpu, disk, memory } from '../primitives';

const figures = z.strictObject({
  /**
   * Number of pods.
   * @default the profile's
   * @example 2
   */
  replicas: count(2).optional(),
  /**
   * CPU request of each pod.
   * @default the profile's
   * @example '500m'
   */
  cpu: cpu.optional(),
  /**
   * CPU limit of each pod.
   * @default the profile's
   * @example '2'
   */
  cpuLimit: cpu.optional(),
  /**
   * Memory request of each pod.
   * @default the profile's
   * @example '1Gi'
   */
  memory: memory.optional(),
  /**
   * Memory limit of each pod. A pod that exceeds it is killed.
   * @default the profile's
   * @example '4Gi'
   */
  memoryLimit: memory.optional(),
  /**
   * Size of each pod's volume. Kubernetes does not allow changes in an existing StatefulSet.
   * @default the profile's
   * @example '20Gi'
   */
  disk: disk.optional(),
});

/** Replicas, CPU, memory and disks. @param components names of components with a size of their own */
export const sizeSection = <const Component extends string>(components: readonly Component[]) =>
  z.strictObject({
    /**
     * Size of the whole platform: `laptop` for one node, `team` for three, `production` for dedicated nodes with spare
     * replicas.
     * @example 'team'
     */
    profile: z.enum(['laptop', 'team', 'production']),
    /**
     * Figures that differ from the profile, per component.
     * @default {}
     * @example { prometheus: { disk: '100Gi' } }
     */
    overrides: z.partialRecord(z.enum(components), figures).default({}),
  });
