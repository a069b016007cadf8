import { eventually } from '../../cluster/workspace';
import { Client, reportHead } from '../client';
import { ask } from '../cluster';
import type { Given } from '../given';
import { exampleImage } from '../images/make';
import { ledgerOf, lost } from '../ledger';
import { markdown } from '../measures';
import { type PodView, viewsOf } from '../pods';
import { nodeStep, step } from '../step';

/** What breaks comes back by itself, and nothing that was acknowledged is lost. */
export function faultTests(given: () => Given): void {
  const recovered = (seconds: number): Promise<void> => given().platform.recovered(seconds);

  /** Lets somebody use the platform while something breaks, and tells what they missed. */
  async function meanwhile(breaks: () => Promise<void>): Promise<readonly string[]> {
    const before = await ledgerOf(given());
    const client = await Client.start(given().services);
    await breaks();
    const report = await client.stop();
    process.stderr.write(`${markdown([reportHead, ...report.rows])}\n`);
    expect(report.lost).toEqual([]);
    expect(lost(before, await ledgerOf(given()))).toEqual([]);
    return report.failures;
  }

  step('each pod, deleted once, comes back, and has lost nothing', async () => {
    const { cluster, services } = given();
    await services.silence();
    const before = await ledgerOf(given());
    const pods = (await viewsOf(cluster)).filter(
      ({ ready, owner, namespace }) => ready && owner !== undefined && namespace !== 'kube-system',
    );
    const away: string[][] = [];
    for (const pod of pods) away.push([pod.workload, `${await secondsUntilReplaced(given(), pod)} s`]);
    process.stderr.write(`${markdown([['deleted', 'ready again after'], ...away])}\n`);
    await recovered(120);
    expect(lost(before, await ledgerOf(given()))).toEqual([]);
  });

  nodeStep('a kubelet and a containerd that are killed change nothing for what runs', async () => {
    const { node, cluster } = given();
    const ids = async (): Promise<string[]> =>
      (await viewsOf(cluster)).flatMap(({ containers, name }) =>
        containers.map(({ containerID = '' }) => `${name} ${containerID}`),
      );
    const before = await ids();
    await node.restartKubelet();
    await node.restartContainerd();
    // A pod that starts, and a command in one that ran before, need both of them.
    await cluster.runPod('after', { image: exampleImage, command: ['true'] });
    await cluster.exec('mlops-minio', 'deployment/minio', 'true');
    await recovered(120);
    expect(await ids()).toEqual(before);
  });

  nodeStep('models answer while the API server is away, and everything goes on when it is back', async () => {
    const { node, services } = given();
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
    await reported(given(), Date.now());
    await recovered(240);
    expect(lost(before, await ledgerOf(given()))).toEqual([]);
    process.stderr.write(`Restarts while the API server was away: ${(await restartsIn(given())) - restarts}\n`);
  });

  nodeStep('each service with data, ended because its memory is used up, is started again', async () => {
    const { node, cluster } = given();
    await meanwhile(async () => {
      for (const pod of await storing(given())) {
        const [main] = pod.object.spec.containers;
        const id = pod.containers.find(({ name }) => name === main?.name)?.containerID?.replace('containerd://', '');
        await node.exhaustMemory(id ?? '');
        const killed = async (): Promise<boolean> =>
          (await viewsOf(cluster)).some(({ name, killedForMemory }) => name === pod.name && killedForMemory.length > 0);
        await eventually(`${pod.name} was ended for its memory`, killed, { seconds: 60, every: 1000 });
        await recovered(120);
      }
    });
  });

  nodeStep(
    'every disk but those of the alerts fills up: an alert names each, and all come back with their data',
    async () => {
      const { node, services } = given();
      const pods = (await storing(given())).filter(({ name }) => !name.startsWith('mlops-prometheus/'));
      expect(pods.length).toBeGreaterThanOrEqual(4);
      const failures = await meanwhile(async () => {
        const claims = (await Promise.all(pods.map((pod) => claimsOf(given(), pod)))).flat();
        const alerts = async (seconds: number): Promise<void> => {
          for (const { name } of claims)
            await services.becomes(`ALERTS{alertname="VolumeAlmostFull",persistentvolumeclaim="${name}"}`, seconds);
        };
        for (const { uid } of claims) await node.fillDisk(uid, 3);
        await alerts(240); // The kubelet measures every one or two minutes.
        for (const { uid } of claims) await node.fillDisk(uid);
        // Time for those that cannot go on without room.
        await new Promise((resolve) => setTimeout(resolve, 60_000));
        await alerts(0);
        for (const { uid } of claims) await node.freeDisk(uid);
        await recovered(420); // A container that ended several times waits for up to five minutes.
      });
      // What is served needs no disk.
      expect(failures).toEqual([]);
    },
  );

  nodeStep('the disks of Prometheus and Alertmanager fill up, and both go on where there is room again', async () => {
    const { node } = given();
    const pods = (await storing(given())).filter(({ name }) => name.startsWith('mlops-prometheus/'));
    expect(pods.length).toBe(2);
    await meanwhile(async () => {
      const claims = (await Promise.all(pods.map((pod) => claimsOf(given(), pod)))).flat();
      for (const { uid } of claims) await node.fillDisk(uid);
      // Time for each to write: samples are taken every half minute.
      await new Promise((resolve) => setTimeout(resolve, 45_000));
      for (const { uid } of claims) await node.freeDisk(uid);
      await recovered(420);
      await given().services.becomes('count(up == 1) > 15', 120);
    });
  });

  nodeStep('a node that is drained and comes back has everything again', async () => {
    const { cluster } = given();
    await meanwhile(async () => {
      const { items } = await cluster.json('get', 'nodes');
      const { name } = items[0].metadata;
      const flags = ['--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=180s'];
      await cluster.kubectl(['drain', name, ...flags]);
      await cluster.kubectl(['uncordon', name]);
      const begun = Date.now();
      await recovered(240);
      const restarted = (await viewsOf(cluster)).filter(({ restarts }) => restarts > 0).map((pod) => pod.workload);
      process.stderr.write(`Ready ${Math.round((Date.now() - begun) / 1000)} s after uncordon\n`);
      process.stderr.write(`Started more than once since: ${restarted.join(', ') || 'nothing'}\n`);
    });
  });
}

/**
 * Waits until the kubelet has reported since then, and the node is ready. Before that, the cluster may yet take the node for lost,
 * and its pods out of their Services: for up to a minute after a minute without reports.
 */
async function reported({ cluster }: Given, since: number): Promise<void> {
  const ready = async (): Promise<boolean> => {
    const [node] = (await cluster.proxy.get('/api/v1/nodes')).items;
    const { name } = node.metadata;
    const { spec } = await cluster.proxy.get(`/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}`);
    const conditions: { type: string; status: string }[] = node.status.conditions;
    const isReady = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
    return isReady && Date.parse(spec.renewTime) > since;
  };
  await eventually('the node reports that it is ready', ready, { seconds: 180, every: 1000 });
}

const restartsIn = async ({ cluster }: Given): Promise<number> =>
  (await viewsOf(cluster)).reduce((sum, { restarts }) => sum + restarts, 0);

/** Pods with a volume. */
const storing = async ({ cluster }: Given): Promise<PodView[]> =>
  (await viewsOf(cluster)).filter(({ claims, ready }) => ready && claims.length > 0);

async function claimsOf({ cluster }: Given, pod: PodView): Promise<{ name: string; uid: string }[]> {
  const { namespace } = pod.object.metadata;
  return Promise.all(
    pod.claims.map(async (name) => {
      const { metadata } = await cluster.json('get', 'persistentvolumeclaim', name, '-n', namespace);
      return { name, uid: metadata.uid as string };
    }),
  );
}

async function secondsUntilReplaced({ cluster, platform }: Given, pod: PodView): Promise<number> {
  const { namespace, name, uid } = pod.object.metadata;
  const begun = Date.now();
  await cluster.kubectl(['delete', 'pod', name, '-n', namespace, '--wait=false']);
  const replaced = async (): Promise<boolean> => {
    const siblings = (await viewsOf(cluster)).filter(({ owner }) => owner === pod.owner);
    return siblings.length > 0 && siblings.every((one) => one.ready && one.object.metadata.uid !== uid);
  };
  await eventually(`${pod.name} is replaced`, replaced, { seconds: 180, every: 1000 }).catch(async (error: unknown) => {
    throw new Error(`${String(error)}\n${await platform.problems()}`);
  });
  return Math.round((Date.now() - begun) / 1000);
}
