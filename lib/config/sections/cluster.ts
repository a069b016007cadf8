import { dnsName, host, kubernetesVersion } from '../primitives';

/** What the manifests must know of any cluster that they are for. */
export const clusterKeys = {
  /**
   * Address of a node, or of what balances the nodes, that browsers and clients outside the cluster reach.
   * @example '192.0.2.10'
   */
  externalHost: host('192.0.2.10'),
  /**
   * DNS domain of the cluster.
   * @default 'cluster.local'
   * @example 'cluster.local'
   */
  domain: dnsName('cluster.local').default('cluster.local'),
  /**
   * Version that the manifests are written for: the oldest among your clusters.
   * @default '1.27'
   * @example '1.30'
   */
  kubernetesVersion: kubernetesVersion.default('1.27'),
  /**
   * StorageClass of every volume.
   * @default the cluster's default class, or the NFS provisioner's when that is on
   * @example 'standard'
   */
  storageClass: dnsName('standard').optional(),
};
