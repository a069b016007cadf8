import { NfsProvisioner, type NfsProvisionerProps } from '../../../charts/nfs/nfs-provisioner';
import { completeConfig } from '../../support/complete-config';
import { testSnapshots } from '../../support/service';

describe('the provisioner of volumes on NFS with every option set', () => {
  testSnapshots((app, cluster) => {
    const props: Required<NfsProvisionerProps> = {
      cluster,
      namespace: 'storage',
      size: completeConfig.sizes.nfsProvisioner,
      server: 'nfs.example.org',
      path: '/exports/mlops',
      storageClass: 'shared',
    };
    return new NfsProvisioner(app, 'nfs-provisioner', props);
  });
});
