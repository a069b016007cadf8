import { z } from 'zod';
import { absolutePath, dnsName, host, kubernetesVersion } from '../primitives';

/** What the manifests must know of the cluster that they are for. */
export const cluster = z.strictObject({
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
  /**
   * Installs a provisioner of volumes on an NFS share, for clusters that have none.
   * @default none is installed
   */
  nfs: z
    .strictObject({
      /**
       * Host of the share, as the nodes reach it.
       * @example 'nfs.example.org'
       */
      server: host('nfs.example.org'),
      /**
       * Folder that the server exports.
       * @example '/mnt/nfs_share'
       */
      path: absolutePath('/mnt/nfs_share'),
      /**
       * Name of the StorageClass that it makes, as the cluster's default.
       * @default 'nfs-client'
       * @example 'nfs-client'
       */
      storageClass: dnsName('nfs-client').default('nfs-client'),
    })
    .optional(),
});
