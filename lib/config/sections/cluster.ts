import { dnsName, host, kubernetesVersion } from '../primitives';

/** Facts about the cluster that every platform needs. */
export const clusterKeys = {
  /**
   * Address at which browsers and clients outside the cluster reach it: that of a node, or of a load balancer in front
   * of the nodes.
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
   * Kubernetes version of the manifests: the oldest one among your clusters.
   * @default '1.32'
   * @example '1.35'
   */
  kubernetesVersion: kubernetesVersion.default('1.32'),
  /**
   * StorageClass of every volume.
   * @default the cluster's default class, or that of a provisioner which the platform installs
   * @example 'standard'
   */
  storageClass: dnsName('standard').optional(),
};
