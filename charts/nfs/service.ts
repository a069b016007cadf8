import { z } from 'zod';
import { absolutePath, dnsName, host } from '../../lib/config/primitives';
import { finding, type Rule } from '../../lib/config/rule';
import { chartSource } from '../../lib/config/sections/charts';
import { amd64AndArm64, apache, kubernetes } from '../../lib/images/declared';
import { declareService } from '../../lib/service/declaration';
import { checks } from './checks';

const nfs = z.strictObject({
  /**
   * Host of the NFS server, as the nodes reach it.
   * @example 'nfs.example.org'
   */
  server: host('nfs.example.org'),
  /**
   * Folder that the server exports.
   * @example '/mnt/nfs_share'
   */
  path: absolutePath('/mnt/nfs_share'),
  /**
   * Name of the StorageClass, which becomes the cluster's default.
   * @default 'nfs-client'
   * @example 'nfs-client'
   */
  storageClass: dnsName('nfs-client').default('nfs-client'),
});

export type NfsConfig = z.output<typeof nfs>;

interface Config {
  readonly cluster: { readonly nfs?: NfsConfig; readonly storageClass?: string };
}

const storageClassOnce: Rule<Config> = ({ cluster: { nfs, storageClass } }) => {
  if (nfs === undefined || storageClass === undefined || storageClass === nfs.storageClass) return [];
  const rule = `differs from cluster.nfs.storageClass, "${nfs.storageClass}" (remove one of the two)`;
  return [finding(['cluster', 'storageClass'], storageClass, rule, ['cluster', 'nfs', 'storageClass'])];
};

export default declareService({
  name: 'nfs',
  config: {
    cluster: {
      /**
       * Installs a provisioner of volumes on an NFS share, for clusters without a provisioner.
       * @default none is installed
       */
      nfs: nfs.optional(),
    },
    charts: {
      /**
       * Chart of the NFS provisioner.
       * @default the default above
       * @example 'upstream'
       */
      nfs: chartSource.optional(),
    },
  },
  rules: [storageClassOnce],
  storageClass: ({ cluster }: Config) => cluster.nfs?.storageClass,
  installs: ({ cluster }: Config) => cluster.nfs !== undefined,
  checks,
  sizes: {
    nfsProvisioner: {
      laptop: [1, '10m', '200m', '32Mi', '128Mi'],
      team: [1, '25m', '200m', '64Mi', '128Mi'],
      production: [1, '50m', '250m', '64Mi', '128Mi'],
      absent: ({ cluster }: Config) =>
        cluster.nfs === undefined ? { because: ['cluster', 'nfs'], is: 'not set' } : undefined,
    },
  },
  images: {
    // kubernetes-sigs/nfs-subdir-external-provisioner v4.0.2, .cloudbuild.sh
    nfsProvisioner: kubernetes(
      'sig-storage/nfs-subdir-external-provisioner',
      'v4.0.2',
      apache([...amd64AndArm64, 'arm', 'ppc64le', 's390x']),
    ),
  },
  charts: {
    nfsProvisioner: {
      bundled: 'nfs-subdir-external-provisioner',
      original: {
        name: 'nfs-subdir-external-provisioner',
        version: '4.0.18',
        appVersion: '4.0.2',
        // kubernetes-sigs/nfs-subdir-external-provisioner 4.0.18, charts/nfs-subdir-external-provisioner/README.md
        repository: 'https://kubernetes-sigs.github.io/nfs-subdir-external-provisioner',
        licence: 'Apache-2.0',
        upkeep: 'The newest chart, of March 2023; no change to its repository since February 2024.',
      },
    },
  },
});
