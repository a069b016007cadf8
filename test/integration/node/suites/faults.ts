import { eventually } from '../../cluster/workspace';
import { ask } from '../cluster';
import type { Given } from '../given';
import { ledgerOf, lost } from '../ledger';
import { markdown } from '../measures';
import { type PodView, viewsOf } from '../pods';

/** What breaks comes back by itself, and nothing that was acknowledged is lost. */
export function faultTests(given: () => Given): void {
  const recovered = (seconds: number): Promise<void> =>
    eventually('every pod is ready', async () => (await given().platform.problems()) === '', { seconds });

  test('each pod, deleted once, comes back, and has lost nothing', async () => {
    const { cluster } = given();
    const before = await ledgerOf(given());
    const away: string[][] = [];
    for (const pod of await viewsOf(cluster)) {
      if (!pod.ready || pod.owner === undefined || pod.object.metadata.namespace === 'kube-system') continue;
      away.push([pod.workload, `${await secondsUntilReplaced(given(), pod)} s`]);
    }
    process.stderr.write(`${markdown([['deleted', 'ready again after'], ...away])}\n`);
    await recovered(120);
    expect(lost(before, await ledgerOf(given()))).toEqual([]);
  });

  test('a kubelet and a containerd that are killed change nothing for what runs', async () => {
    const { node, cluster } = given();
    if (node === undefined) return; // A cluster that was there is not ours to break.
    const ids = async (): Promise<string[]> =>
      (await viewsOf(cluster)).flatMap(({ containers, name }) =>
        containers.map(({ containerID = '' }) => `${name} ${containerID}`),
      );
    const before = await ids();
    await node.restartKubelet();
    await node.restartContainerd();
    await recovered(120);
    expect(await ids()).toEqual(before);
  });

  test('models answer while the API server is away, and everything goes on when it is back', async () => {
    const { node, services, cluster } = given();
    if (node === undefined) return;
    const url = `${await services.model('creditcard')}/api/v1.0/predictions`;
    const before = await ledgerOf(given());
    const restarts = await restartsIn(given());
    await node.plane.killApiServer();
    try {
      const end = Date.now() + 60_000;
      while (Date.now() < end) {
        await ask(url, { data: { ndarray: [[120.5, 14, 3.2, 1, 240]] } });
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    } finally {
      await node.plane.startApiServer();
    }
    const ready = async (): Promise<boolean> => (await cluster.kubectl(['get', 'nodes'])).includes(' Ready ');
    await eventually('the node is ready', ready, { seconds: 60 });
    await recovered(180);
    expect(lost(before, await ledgerOf(given()))).toEqual([]);
    process.stderr.write(`Restarts while the API server was away: ${(await restartsIn(given())) - restarts}\n`);
  });
}

const restartsIn = async ({ cluster }: Given): Promise<number> =>
  (await viewsOf(cluster)).reduce((sum, { restarts }) => sum + restarts, 0);

async function secondsUntilReplaced({ cluster, platform }: Given, pod: PodView): Promise<number> {
  const { namespace, name, uid } = pod.object.metadata;
  const begun = Date.now();
  await cluster.kubectl(['delete', 'pod', name, '-n', namespace, '--wait=false']);
  const replaced = async (): Promise<boolean> => {
    const siblings = (await viewsOf(cluster)).filter(({ owner }) => owner === pod.owner);
    return siblings.length > 0 && siblings.every((one) => one.ready && one.object.metadata.uid !== uid);
  };
  await eventually(`${pod.name} is replaced`, replaced, { seconds: 180 }).catch(async (error: unknown) => {
    throw new Error(`${String(error)}\n${await platform.problems()}`);
  });
  return Math.round((Date.now() - begun) / 1000);
}
