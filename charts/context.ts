import type { App } from 'cdk8s';
import type { Outside } from '../lib/graph/connection';
import { ChartCatalog } from '../lib/helm/chart-catalog';
import type { Images } from '../lib/images/images';
import type { PodSecurity } from '../lib/kubernetes/pods';
import { EveryPod } from '../lib/output/every-pod';
import { defaultStorageClass } from './catalog';
import type { HelmChartId, ImageName, PlatformConfig } from './config';
import { services } from './services';

/** What every service needs to know about the cluster. */
export interface ClusterContext {
  /** Name of the platform, such as `mlops`. */
  readonly platform: string;
  /** DNS domain, such as `cluster.local`. */
  readonly domain: string;
  /** Address at which clients outside the cluster reach the nodes. */
  readonly externalHost: string;
  /** StorageClass of every volume. @default the cluster's default class */
  readonly storageClass?: string;
  readonly charts: ChartCatalog<HelmChartId, ImageName>;
  readonly images: Images<ImageName>;
  /** Settings of every pod. */
  readonly pods: EveryPod;
}

/** Shared by the functions that add services to the app. */
export interface PlatformContext {
  readonly app: App;
  readonly config: PlatformConfig;
  readonly cluster: ClusterContext;
  readonly namespaces: NamespaceRegister;
}

/** Addresses outside the cluster that the config lets pods reach. */
export function destinationsOf({ networkPolicies }: PlatformConfig, from: Destination['from']): Outside[] {
  if (networkPolicies === false) return [];
  return networkPolicies.destinations
    .filter((destination) => destination.from === from)
    .map(({ to, ports }) => ({ addresses: to, ports }));
}

type Destination = Exclude<PlatformConfig['networkPolicies'], false>['destinations'][number];

export function contextOf(app: App, config: PlatformConfig): PlatformContext {
  const { name, cluster, images, namespacePrefix } = config;
  const charts = new ChartCatalog<HelmChartId, ImageName>(services, config.charts, cluster.kubernetesVersion, images);
  return {
    app,
    config,
    cluster: {
      platform: name,
      domain: cluster.domain,
      externalHost: cluster.externalHost,
      storageClass: cluster.storageClass ?? defaultStorageClass(config),
      charts,
      images: charts.images,
      pods: new EveryPod(config),
    },
    namespaces: new NamespaceRegister(namespacePrefix),
  };
}

const ascending: readonly PodSecurity[] = ['privileged', 'baseline', 'restricted'];

/** The namespaces in use, each with the strictest Pod Security level that its pods can pass. */
export class NamespaceRegister {
  readonly levels = new Map<string, PodSecurity>();

  constructor(private readonly prefix: string) {}

  /**
   * Registers the namespace of a service and returns its full name. The most permissive level that was asked for wins.
   */
  get(service: string, level: PodSecurity = 'restricted'): string {
    return this.register(this.nameOf(service), level);
  }

  /** The full name of a service's namespace, which may not be in use. */
  nameOf(service: string): string {
    return `${this.prefix}-${service}`;
  }

  /** Like `get`, for a namespace with a fixed name. */
  register(name: string, level: PodSecurity = 'restricted'): string {
    const levels = [this.levels.get(name) ?? 'restricted', level];
    this.levels.set(name, ascending.find((candidate) => levels.includes(candidate)) ?? level);
    return name;
  }
}
