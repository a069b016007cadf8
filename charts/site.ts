import type { App } from 'cdk8s';
import type { PlatformConfig } from '../lib/config/parse';
import { Images } from '../lib/wiring/images';
import type { ClusterContext } from './context';
import type { PodSecurity } from './namespaces';
import { imagePins } from './versions';

/** What the functions that put services into an app share. */
export interface Site {
  readonly app: App;
  readonly config: PlatformConfig;
  readonly cluster: ClusterContext;
  readonly namespaces: NamespaceRegister;
}

export function siteOf(app: App, config: PlatformConfig): Site {
  const { name, cluster, images, namespacePrefix } = config;
  return {
    app,
    config,
    cluster: {
      platform: name,
      domain: cluster.domain,
      kubernetesVersion: cluster.kubernetesVersion,
      externalHost: cluster.externalHost,
      storageClass: cluster.storageClass ?? cluster.nfs?.storageClass,
      images: new Images(imagePins, images),
    },
    namespaces: new NamespaceRegister(namespacePrefix),
  };
}

/** The namespaces that are in use, each with the strictest Pod Security level that its pods can pass. */
export class NamespaceRegister {
  readonly levels = new Map<string, PodSecurity>();

  constructor(private readonly prefix: string) {}

  /** Registers the namespace of a service and gives its full name. Who names it first decides on its level. */
  get(service: string, level: PodSecurity = 'restricted'): string {
    return this.register(`${this.prefix}-${service}`, level);
  }

  /** The same for a name that is fixed. */
  register(name: string, level: PodSecurity = 'restricted'): string {
    if (!this.levels.has(name)) this.levels.set(name, level);
    return name;
  }
}
