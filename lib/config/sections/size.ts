import { z } from 'zod';
import { count, cpu, disk, memory } from '../primitives';

const figures = z.strictObject({
  /**
   * Pods.
   * @default the profile's
   * @example 2
   */
  replicas: count(2).optional(),
  /**
   * CPU that is reserved for each.
   * @default the profile's
   * @example '500m'
   */
  cpu: cpu.optional(),
  /**
   * CPU that each may use at most.
   * @default the profile's
   * @example '2'
   */
  cpuLimit: cpu.optional(),
  /**
   * Memory that is reserved for each.
   * @default the profile's
   * @example '1Gi'
   */
  memory: memory.optional(),
  /**
   * Memory above which a pod is killed.
   * @default the profile's
   * @example '4Gi'
   */
  memoryLimit: memory.optional(),
  /**
   * Volume of each pod. Kubernetes lets no StatefulSet change it later.
   * @default the profile's
   * @example '20Gi'
   */
  disk: disk.optional(),
});

/** How much of everything. @param components names of what has a size of its own */
export const sizeSection = <const Component extends string>(components: readonly Component[]) =>
  z.strictObject({
    /**
     * Replicas, CPU, memory and disks of everything: for one node, for a team, or with spare replicas on dedicated nodes.
     * @example 'team'
     */
    profile: z.enum(['laptop', 'team', 'production']),
    /**
     * Single figures that differ from the profile.
     * @default {}
     * @example { prometheus: { disk: '100Gi' } }
     */
    overrides: z.partialRecord(z.enum(components), figures).default({}),
  });
