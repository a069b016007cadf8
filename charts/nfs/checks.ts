import type { CheckFacts } from '../../lib/checks/declared';

/** What the rules over the output must know of the provisioner. */
export const checks: CheckFacts = {
  grantExceptions: [
    {
      of: 'ClusterRole/nfs-subdir-external-provisioner-runner',
      powers: ['nodes'],
      reason: 'it makes a volume for each claim',
    },
  ],
  podExceptions: [
    {
      workload: 'Deployment/nfs-subdir-external-provisioner',
      controls: ['restrictedVolumes'],
      withoutProbes: true,
      // nfs-subdir-external-provisioner 4.0.2, cmd/nfs-subdir-external-provisioner/provisioner.go.
      reason: 'makes folders on the NFS share, which it mounts; listens on no port',
    },
  ],
};
