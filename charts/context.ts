import type { Images } from '../lib/images/images';
import type { ChartCatalog } from './source';
import type { ImageName } from './versions';

/** What every service needs to know of the cluster. */
export interface ClusterContext {
  /** Name of the platform, such as `mlops`. */
  readonly platform: string;
  /** DNS domain, such as `cluster.local`. */
  readonly domain: string;
  /** Address by which clients outside reach the nodes. */
  readonly externalHost: string;
  /** Class of every volume. @default the cluster's default class */
  readonly storageClass?: string;
  readonly charts: ChartCatalog;
  readonly images: Images<ImageName>;
}
