import { findObject, renderChart, type KubeObject } from './render';

const name = 'nfs-subdir-external-provisioner';

const render = (values: object = {}, release = name): Promise<readonly KubeObject[]> =>
  renderChart(name, {
    release,
    namespace: 'storage',
    values: { ...values, nfs: { server: '192.0.2.10', ...(values as { nfs?: object }).nfs } },
  });

const pod = (objects: readonly KubeObject[], deployment = name) =>
  findObject(objects, 'Deployment', deployment).spec.template.spec;

describe('the chart nfs-subdir-external-provisioner', () => {
  test('serves its StorageClass under the name that the provisioner goes by', async () => {
    for (const [release, fullname] of [
      [name, name],
      ['nfs', `nfs-${name}`],
    ] as const) {
      const objects = await render({}, release);
      const { provisioner } = findObject(objects, 'StorageClass', 'nfs-client');
      expect(provisioner).toBe(`cluster.local/${fullname}`);
      expect(pod(objects, fullname).containers[0].env).toContainEqual({ name: 'PROVISIONER_NAME', value: provisioner });
      const { rules } = findObject(objects, 'Role', `leader-locking-${fullname}`);
      expect(rules).toContainEqual(expect.objectContaining({ resourceNames: [`cluster.local-${fullname}`] }));
    }
  });

  test('keeps the selector labels of an installed original chart', async () => {
    const { spec } = findObject(await render({}, 'nfs'), 'Deployment', `nfs-${name}`);
    expect(spec.selector.matchLabels).toEqual({ app: name, release: 'nfs' });
    expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
  });

  test('mounts the export itself, or a volume of it where there are mount options', async () => {
    expect(pod(await render()).volumes).toEqual([
      { name: 'export', nfs: { server: '192.0.2.10', path: '/nfs-storage' } },
    ]);

    const objects = await render({ nfs: { mountOptions: ['nfsvers=4.1'] } });
    expect(pod(objects).volumes).toEqual([{ name: 'export', persistentVolumeClaim: { claimName: `pvc-${name}` } }]);
    const volume = findObject(objects, 'PersistentVolume', `pv-${name}`);
    const claim = findObject(objects, 'PersistentVolumeClaim', `pvc-${name}`);
    expect(volume.spec.claimRef).toMatchObject({ name: claim.metadata.name, namespace: claim.metadata.namespace });
    expect(claim.spec.volumeName).toBe(volume.metadata.name);
    expect(volume.spec.mountOptions).toEqual(['nfsvers=4.1']);
    expect(findObject(objects, 'StorageClass', 'nfs-client').mountOptions).toEqual(['nfsvers=4.1']);
  });

  test('is the default StorageClass only on request', async () => {
    expect(findObject(await render(), 'StorageClass', 'nfs-client').metadata.annotations).toBeUndefined();
    const { metadata } = findObject(
      await render({ storageClass: { defaultClass: true } }),
      'StorageClass',
      'nfs-client',
    );
    expect(metadata.annotations).toEqual({ 'storageclass.kubernetes.io/is-default-class': 'true' });
  });

  test('has a disruption budget for more than one pod, and refuses more than one without a leader', async () => {
    const kinds = async (values: object) => (await render(values)).map(({ kind }) => kind);
    expect(await kinds({})).not.toContain('PodDisruptionBudget');
    expect(await kinds({ replicaCount: 2 })).toContain('PodDisruptionBudget');
    await expect(render({ replicaCount: 2, leaderElection: { enabled: false } })).rejects.toThrow(
      /leaderElection.enabled/,
    );
  });

  test('says which value is missing, and refuses unknown ones', async () => {
    await expect(render({ nfs: { server: '' } })).rejects.toThrow(/nfs.server is missing/);
    await expect(render({ storageClass: { nmae: 'x' } })).rejects.toThrow(/nmae/);
  });
});
