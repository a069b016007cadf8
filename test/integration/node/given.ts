import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { platformLabel } from '../../../lib/kubernetes/labels';
import { eventually } from '../cluster/workspace';
import { Cluster } from './cluster';
import { realImages } from './images/pull';
import { Node } from './node';
import { Platform } from './platform';
import { prepared } from './prepare';
import { Services } from './services';
import { nodeAddress } from './network';

/** A cluster that the user names instead. */
export const kubeconfigVariable = 'MLOPS_KUBECONFIG';

/** What the tests work with. */
export interface Given {
  readonly cluster: Cluster;
  readonly platform: Platform;
  readonly services: Services;
  /** The node itself. @throws Error in a cluster that was there before */
  readonly node: Node;
  /** @throws Error that says what is wrong with the node itself */
  readonly check: () => void;
  readonly stop: () => Promise<void>;
}

/** What the tests of a file work with: there from before the first of them until after the last. */
export function givenToTests(): () => Given {
  let given: Given | undefined;
  beforeAll(async () => {
    given = await start();
  }, 600_000);
  afterEach(() => given?.check());
  afterAll(async () => {
    await given?.stop();
  });
  return () => {
    if (given === undefined) throw new Error('there is no cluster');
    return given;
  };
}

/** Starts a node, or takes the cluster that MLOPS_KUBECONFIG names. */
async function start(): Promise<Given> {
  const { [kubeconfigVariable]: kubeconfig } = process.env;
  if (kubeconfig !== undefined) return inThere(kubeconfig);
  const node = await Node.start(prepared().programs);
  const { kubeconfig: own, workspace } = node.plane;
  const cluster = new Cluster({ kubeconfig: own, home: workspace.folder }, nodeAddress);
  const platform = new Platform(cluster, realImages ? undefined : () => withoutIstioMetrics(cluster));
  return {
    ...{ cluster, node, platform, services: new Services(cluster) },
    check: () => node.mustRun(),
    stop: async () => {
      await cluster.proxy.stop();
      await node.stop();
    },
  };
}

async function inThere(kubeconfig: string): Promise<Given> {
  const home = mkdtempSync(join(tmpdir(), 'mlops-infra-node-'));
  const found = new Cluster({ kubeconfig, home }, '');
  if ((await found.kubectl(['get', 'namespaces', '-l', platformLabel, '-o', 'name'])) !== '')
    throw new Error(
      `${kubeconfig}: has a platform, which these tests would delete with its data; name an empty cluster`,
    );
  const { items } = await found.json('get', 'nodes');
  const addresses = items[0].status.addresses as { type: string; address: string }[];
  const cluster = new Cluster(found.target, addresses.find(({ type }) => type === 'InternalIP')?.address ?? '');
  return {
    ...{ cluster, platform: new Platform(cluster), services: new Services(cluster) },
    get node(): Node {
      throw new Error(`${kubeconfig}: its nodes are not of these tests`);
    },
    check: () => undefined,
    stop: async () => {
      await cluster.proxy.stop();
      await rm(home, { recursive: true });
    },
  };
}

/** Istio's own build of Envoy has the filter for Istio's metrics; the release, which the node has, takes no listener with it. */
async function withoutIstioMetrics(cluster: Cluster): Promise<void> {
  const telemetry = {
    apiVersion: 'telemetry.istio.io/v1',
    kind: 'Telemetry',
    metadata: { name: 'no-metrics', namespace: 'istio-system' },
    spec: { metrics: [{ providers: [{ name: 'prometheus' }], overrides: [{ disabled: true }] }] },
  };
  const applied = async (): Promise<boolean> => cluster.apply(telemetry).then(() => true);
  await eventually('Istio has its definitions', applied, { seconds: 900, every: 1000 }).catch(() => undefined);
}
