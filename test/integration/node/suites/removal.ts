import { platformLabel } from '../../../../lib/kubernetes/labels';
import { eventually } from '../../cluster/workspace';
import { empty } from '../configs';
import type { Given } from '../given';
import { ledgerOf, lost } from '../ledger';
import { step } from '../step';

/** What a user does last. */
export function removalTests(given: () => Given): void {
  step('kubectl delete leaves the data where it is asked to, and a new installation starts with it', async () => {
    const { cluster, platform } = given();
    const before = await ledgerOf(given());
    await cluster.kubectl(['delete', '--ignore-not-found', '-f', platform.folder, '-l', '!mlops-infra/keep']);
    const none = async (): Promise<boolean> =>
      (await platform.pods()).every(({ object }) => ['kube-system', 'default'].includes(object.metadata.namespace));
    await eventually('no pod is left', none, { seconds: 120, every: 1000 });
    await platform.deploy();
    expect(lost(before, await ledgerOf(given()))).toEqual([]);
  });

  step('kubectl delete leaves nothing', async () => {
    const { cluster, platform } = given();
    await cluster.kubectl(['delete', '--ignore-not-found', '-f', platform.folder]);
    const kinds = [
      'namespaces',
      'customresourcedefinitions',
      'persistentvolumes',
      'clusterroles',
      'clusterrolebindings',
    ];
    const webhooks = ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations', 'storageclasses'];
    const left = await cluster.kubectl(['get', [...kinds, ...webhooks].join(','), '-l', platformLabel, '-o', 'name']);
    expect(left).toBe('');
    // A disk goes after its claim.
    const disks = async (): Promise<boolean> =>
      (await cluster.kubectl(['get', 'persistentvolumes', '-o', 'name'])) === '';
    await eventually('no disk is left', disks, { seconds: 60, every: 1000 });
  });

  step('a new installation starts clean', async () => {
    const { platform, services } = given();
    await platform.synth(empty);
    await platform.deploy();
    const { registered_models = [] } = await services.mlflow('/mlflow/registered-models/search?max_results=10');
    expect(registered_models).toEqual([]);
  });
}
