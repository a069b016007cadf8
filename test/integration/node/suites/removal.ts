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
    // Flow runs that have ended are nobody's manifests.
    const running = async (): Promise<string[]> =>
      (await platform.pods())
        .filter(({ namespace, object }) => !/^(default|kube-system)$/.test(namespace) && !hasEnded(object.status.phase))
        .map(({ name }) => name);
    await eventually('no pod runs', async () => (await running()).length === 0, { seconds: 120, every: 1000 }).catch(
      async (error: unknown) => {
        throw new Error(`${String(error)}: ${(await running()).join(', ')}`);
      },
    );
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
    await services.answer(30);
    const { registered_models = [] } = await services.mlflow('/mlflow/registered-models/search?max_results=10');
    expect(registered_models).toEqual([]);
  });
}

const hasEnded = (phase: string): boolean => phase === 'Succeeded' || phase === 'Failed';
