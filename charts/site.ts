import type { App } from 'cdk8s';
import type { PlatformConfig } from '../lib/config/parse';
import type { ClusterContext } from './context';
import type { PodSecurity } from './namespaces/namespaces';
import { ChartCatalog } from './source';

/** What the functions that put services into an app share. */
export interface Site {
  readonly app: App;
  readonly config: PlatformConfig;
  readonly cluster: ClusterContext;
  readonly namespaces: NamespaceRegister;
}

export function siteOf(app: App, config: PlatformConfig): Site {
  const { name, cluster, images, namespacePrefix } = config;
  const charts = new ChartCatalog(config.charts, cluster.kubernetesVersion, images);
  return {
    app,
    config,
    cluster: {
      platform: name,
      domain: cluster.domain,
      externalHost: cluster.externalHost,
      storageClass: cluster.storageClass ?? cluster.nfs?.storageClass,
      charts,
      images: charts.images,
    },
    namespaces: new NamespaceRegister(namespacePrefix),
  };
}

const ascending: readonly PodSecurity[] = ['privileged', 'baseline', 'restricted'];

/** The namespaces that are in use, each with the strictest Pod Security level that its pods can pass. */
export class NamespaceRegister {
  readonly levels = new Map<string, PodSecurity>();

  constructor(private readonly prefix: string) {}

  /** Registers the namespace of a service and gives its full name. Its level is the lowest that anyone needs. */
  get(service: string, level: PodSecurity = 'restricted'): string {
    return this.register(`${this.prefix}-${service}`, level);
  }

  /** The same for a name that is fixed. */
  register(name: string, level: PodSecurity = 'restricted'): string {
    const levels = [this.levels.get(name) ?? 'restricted', level];
    this.levels.set(name, ascending.find((candidate) => levels.includes(candidate)) ?? level);
    return name;
  }
}
