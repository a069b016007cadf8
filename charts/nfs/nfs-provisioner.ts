import type { Construct } from 'constructs';
import type { ComponentSize } from '../../lib/config/sizes';
import { toJson_NfssubdirexternalprovisionerValues } from '../../imports/nfs-subdir-external-provisioner';
import { HelmRelease } from '../../lib/helm/release';
import { helmValues } from '../../lib/helm/values';
import { resourceValues } from '../../lib/kubernetes/pods';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import { imageReference } from '../../lib/images/images';
import type { ClusterContext, PlatformContext } from '../context';

export interface NfsProvisionerProps {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  readonly size: ComponentSize;
  readonly server: string;
  readonly path: string;
  /** Name of the StorageClass, which becomes the cluster's default. */
  readonly storageClass: string;
}

/** Adds the provisioner where the config asks for it. */
export function addNfsProvisioner({ app, config, cluster, namespaces }: PlatformContext): void {
  const { nfs } = config.cluster;
  if (nfs === undefined) return;
  // Pods that mount an NFS volume cannot pass a stricter level.
  const namespace = namespaces.get('storage', 'baseline');
  new NfsProvisioner(app, 'nfs-provisioner', { cluster, namespace, size: config.sizes.nfsProvisioner, ...nfs });
}

/** Provisions volumes as folders of an NFS share, for clusters without a provisioner. */
export class NfsProvisioner extends ServiceChart {
  constructor(scope: Construct, id: string, props: NfsProvisionerProps) {
    super(scope, id, { wave: Wave.Storage, namespace: props.namespace });
    const image = props.cluster.images.get('nfsProvisioner');
    const repository = `${image.registry}/${image.repository}`;
    const values = helmValues(toJson_NfssubdirexternalprovisionerValues, {
      image: { repository, tag: imageReference(image).slice(repository.length + 1) },
      nfs: { server: props.server, path: props.path },
      storageClass: { name: props.storageClass, defaultClass: true },
      resources: resourceValues(props.size),
    });
    new HelmRelease(this, 'release', {
      ...props.cluster.charts.release('nfsProvisioner', values),
      releaseName: 'nfs-subdir-external-provisioner',
    });
  }
}
