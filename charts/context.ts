import type { Images } from '../lib/wiring/images';
import type { ImageName } from './versions';

/** What every service needs to know of the cluster. */
export interface ClusterContext {
  /** Name of the platform, such as `mlops`. */
  readonly platform: string;
  /** DNS domain, such as `cluster.local`. */
  readonly domain: string;
  /** Minor version that the manifests are written for, such as `1.30`. */
  readonly kubernetesVersion: string;
  /** Address by which clients outside reach the nodes. */
  readonly externalHost: string;
  /** Class of every volume. @default the cluster's default class */
  readonly storageClass?: string;
  readonly images: Images<ImageName>;
}
