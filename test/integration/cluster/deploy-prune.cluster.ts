import { type KubernetesObject, nameOf } from '../../../lib/kubernetes/object';
import { platformLabel } from '../../../lib/kubernetes/labels';
import { ControlPlane } from './control-plane';
import { Small } from './small-platform';
import { newestVersion } from './tools';

describe('a deploy that removes', () => {
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

  // From here on there are controllers.
  describe('--prune-data, of what holds the data of others', () => {
    const extra = 'cleared-extra';
    let platform: Small;
    let kept: KubernetesObject;

    const definition = (singular: string): KubernetesObject => {
      const plural = `${singular.toLowerCase()}s`;
      const schema = { openAPIV3Schema: { type: 'object' } };
      const spec = {
        group: 'example.org',
        scope: 'Namespaced',
        names: { plural, singular: singular.toLowerCase(), kind: singular },
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      };
      return platform.object(
        'apiextensions.k8s.io/v1',
        'CustomResourceDefinition',
        `${plural}.example.org`,
        { spec },
        false,
      );
    };
    const inExtra = (object: KubernetesObject): KubernetesObject => ({
      ...object,
      metadata: { ...object.metadata, namespace: extra },
    });
    /** Those of the cluster that hold data. */
    const holders = async (): Promise<string[]> => {
      const kinds = 'namespaces,customresourcedefinitions,persistentvolumes,persistentvolumeclaims,statefulsets';
      const { items } = await cluster.json<{ items: KubernetesObject[] }>('get', kinds, '--all-namespaces');
      return items
        .map(nameOf)
        .filter((name) => /cleared|example\.org/.test(name))
        .sort();
    };

    beforeAll(async () => {
      await cluster.startControllers();
      platform = small('cleared');
      kept = platform.configMap('kept');
      // There before the first deploy, so never ours to remove.
      const { metadata, ...older } = definition('Gadget');
      await cluster.api.must('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
        body: { ...older, metadata: { name: metadata.name } },
      });
      // Of a class that no claim asks for.
      const hostPath = { path: '/none' };
      const disk = { hostPath, accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, storageClassName: 'none' };
      platform.write({
        '00-more.yaml': [platform.object('v1', 'Namespace', extra, {}, false)],
        '10-crds.yaml': [definition('Widget'), definition('Gadget')],
        '20-parts.yaml': [
          kept,
          inExtra(platform.configMap('part')),
          inExtra(platform.claim('data')),
          inExtra(platform.object('example.org/v1', 'Widget', 'one')),
          platform.object('v1', 'PersistentVolume', 'cleared-disk', { spec: disk }, false),
          platform.workload('StatefulSet', 'store', {
            serviceName: 'store',
            persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' },
          }),
        ],
      });
      expect(await platform.deploy()).toMatchObject({ code: 0 });
      // Somebody else's, in a namespace of ours that stays.
      await cluster.api.must('POST', '/api/v1/namespaces/cleared/persistentvolumeclaims', {
        body: { ...platform.claim('theirs'), metadata: { name: 'theirs' } },
      });
      platform.write({ '20-parts.yaml': [kept] });
    });

    const all = [
      'CustomResourceDefinition/gadgets.example.org',
      'CustomResourceDefinition/widgets.example.org',
      'Namespace/cleared',
      `Namespace/${extra}`,
      'PersistentVolume/cleared-disk',
      `PersistentVolumeClaim/${extra}/data`,
      'PersistentVolumeClaim/cleared/theirs',
      'StatefulSet/cleared/store',
    ];
    const consequences: readonly (readonly [name: string, consequence: string])[] = [
      ['CustomResourceDefinition/widgets.example.org', ', with every object of this kind'],
      [`Namespace/${extra}`, ', with everything in it'],
      ['PersistentVolume/cleared-disk', ''],
      [`PersistentVolumeClaim/${extra}/data`, ', with what its volume holds'],
      ['StatefulSet/cleared/store', ''],
    ];

    test('is what --prune keeps, each with the reason', async () => {
      const { code, text } = await platform.deploy('--prune', '--yes');
      expect(code).toBe(0);
      for (const [name] of consequences) {
        expect(text).toContain(`keep    ${name}: holds data (--prune-data removes it)`);
      }
      expect(text).toContain(`remove  Widget/${extra}/one\n`);
      expect(text).toContain('prune: 2 removed');
      expect(await holders()).toEqual(all);
    });

    test('is listed by a dry run, and stays as long as nobody agrees', async () => {
      const dry = await platform.deploy('--prune-data', '--dry-run');
      for (const [name, consequence] of consequences) {
        expect(dry.text).toContain(`would remove  ${name}${consequence}\n`);
      }
      const { code, text } = await platform.deploy('--prune-data');
      expect(code).toBe(1);
      expect(text).toContain('--prune asks before it removes anything');
      expect(await holders()).toEqual(all);
    });

    test('is removed after it was listed, and nothing else', async () => {
      const { code, text } = await platform.deploy('--prune-data', '--yes', '--timeout', '120s');
      expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining('prune: 5 removed') });
      const listed = text.slice(0, text.indexOf('removing '));
      for (const [name, consequence] of consequences) expect(listed).toContain(`remove  ${name}${consequence}\n`);
      expect(await holders()).toEqual([
        'CustomResourceDefinition/gadgets.example.org',
        'Namespace/cleared',
        'PersistentVolumeClaim/cleared/theirs',
      ]);
      expect(await platform.names('configmaps')).toEqual(['kept']);
      expect((await platform.inventory()).split('\n').filter((line) => line !== '')).toEqual([
        'ConfigMap cleared/kept',
        'Namespace cleared',
      ]);
    });
  });
});
