import type { KubernetesObject } from '../../lib/kubernetes-object';
import { platformLabel } from '../../lib/output/collect';
import { ControlPlane } from './control-plane';
import { Small } from './small-platform';
import { newestVersion } from './tools';
import { eventually } from './workspace';

describe('what a deploy needs controllers for', () => {
  let cluster: ControlPlane;
  const small = (name: string): Small => new Small(cluster, name);

  beforeAll(async () => {
    cluster = await ControlPlane.start({ version: newestVersion });
  });
  afterAll(() => cluster.stop());

  describe('--prune', () => {
    let platform: Small;
    const parts = (...names: string[]): KubernetesObject[] => names.map((name) => platform.configMap(name));

    beforeEach(() => {
      platform = small('pruned');
    });

    test('removes what the manifests no longer have, and nothing that is not recorded or not labelled as ours', async () => {
      // There before the first deploy, so never ours to remove.
      await cluster.kubectl(['create', 'namespace', 'pruned']);
      await cluster.kubectl(['create', 'configmap', 'older', '-n', 'pruned', '--from-literal=key=value']);
      platform.write({ '10-parts.yaml': [...parts('kept', 'dropped', 'given-away', 'older'), platform.claim('data')] });
      expect((await platform.deploy()).code).toBe(0);
      await cluster.kubectl(['label', 'configmap', 'given-away', '-n', 'pruned', `${platformLabel}-`]);
      const stranger = JSON.stringify(platform.configMap('stranger'));
      await cluster.kubectl(['create', '-f', '-'], { input: stranger });

      platform.write({ '10-parts.yaml': parts('kept') });
      const without = await platform.deploy();
      expect(without.code).toBe(0);
      expect(await platform.names('configmaps')).toContain('dropped');

      const refused = await platform.deploy('--prune');
      expect(refused.code).toBe(1);
      expect(refused.text).toContain('--prune asks before it removes anything');

      const dry = await platform.deploy('--prune', '--dry-run');
      expect(dry.text).toContain('would remove  ConfigMap/pruned/dropped');
      expect(await platform.names('configmaps')).toContain('dropped');

      const { code, text } = await platform.deploy('--prune', '--yes');
      expect(text).toContain('remove  ConfigMap/pruned/dropped');
      expect(text).toContain('keep    PersistentVolumeClaim/pruned/data: holds data (--prune-data removes it)');
      expect(text).toMatch(/keep {4}ConfigMap\/pruned\/given-away: does not have the label/);
      expect(code).toBe(0);
      expect((await platform.names('configmaps')).sort()).toEqual(['kept', 'older', 'stranger']);
      expect(await platform.names('persistentvolumeclaims')).toEqual(['data']);
      expect(await platform.inventory()).not.toContain('dropped');
    });

    test('with --prune-data removes volumes too, but no namespace that was there before', async () => {
      platform.write({ '10-parts.yaml': parts('kept') });
      const { code, text } = await platform.deploy('--prune-data', '--yes', '--timeout', '5s');
      expect(text).toContain('remove  PersistentVolumeClaim/pruned/data, with what its volume holds');
      expect(text).toMatch(/data: is being deleted since .*, kept by finalizers kubernetes\.io\/pvc-protection/);
      expect(code).toBe(1);
      // What a controller would do, as no pod uses the volume: there is none here.
      const free = ['patch', 'persistentvolumeclaim', 'data', '-n', 'pruned', '--type=merge'];
      await cluster.kubectl([...free, '-p', '{"metadata":{"finalizers":[]}}']);
      expect((await platform.deploy('--prune-data', '--yes')).code).toBe(0);
      expect(await platform.names('persistentvolumeclaims')).toEqual([]);
      expect(await platform.inventory()).not.toContain('PersistentVolumeClaim');
      const { items } = await cluster.json<{ items: KubernetesObject[] }>('get', 'namespaces');
      expect(items.map(({ metadata }) => metadata.name)).toContain('pruned');
    });
  });

  // Last: from here on there are controllers.
  test('pods that cannot be made or have no node are told with the reason', async () => {
    await cluster.startControllers();
    const platform = small('podless').write({ '10-parts.yaml': [small('podless').workload('Deployment', 'web')] });
    const waiting = (text: RegExp, ...args: string[]): Promise<void> => {
      const running = platform.start('--wait', '--timeout', '60s', ...args);
      return eventually(`it says ${text.source}`, () => text.test(running.text())).finally(() => {
        running.child.kill('SIGINT');
        return running.end;
      });
    };
    // Without a scheduler nobody says why the pod has no node.
    await waiting(/Deployment\/podless\/web: 0 of 1 pods are ready: pod web-\S+ is starting/);
    const hard = { hard: { pods: '0' } };
    const quota = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'none', namespace: 'podless' },
      spec: hard,
    };
    await cluster.kubectl(['create', '-f', '-'], { input: JSON.stringify(quota) });
    await eventually('the quota is counted', async () => {
      const { status } = await cluster.json<{ status?: { used?: object } }>(
        'get',
        'resourcequota',
        'none',
        '-n',
        'podless',
      );
      return status?.used !== undefined;
    });
    await cluster.kubectl(['delete', 'pods', '--all', '-n', 'podless', '--force']);
    await waiting(/Deployment\/podless\/web: no pod could be made: .*exceeded quota: none, requested: pods=1/);
    const job = platform.object('batch/v1', 'Job', 'once', {
      spec: {
        template: {
          spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'registry.example.org/none:1' }] },
        },
      },
    });
    platform.write({ '20-job.yaml': [job] });
    await waiting(/Job\/podless\/once: has not started yet: no pod can be made: .*exceeded quota: none/);
  });
});
