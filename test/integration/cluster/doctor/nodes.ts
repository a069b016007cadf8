import { writeConfig } from '../../../support/cli';
import { address, base, doctor, platformWith, type Examined } from './examined';

/** What an empty cluster lacks, until the platform fits into it. */
export function nodeTests(given: () => Examined): void {
  const addNode = async (name: string, cpu: string, memory: string, architecture = 'amd64'): Promise<void> => {
    const { create, kubectl } = given();
    await create({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
    const status = {
      ...{ allocatable: { cpu, memory, pods: '110' }, capacity: { cpu, memory, pods: '110' } },
      conditions: [{ type: 'Ready', status: 'True' }],
      addresses: [{ type: 'InternalIP', address: name === 'a' ? address : '192.0.2.8' }],
      nodeInfo: {
        ...{ architecture, operatingSystem: 'linux', machineID: '', systemUUID: '', bootID: '', kernelVersion: '' },
        ...{ osImage: '', containerRuntimeVersion: '', kubeletVersion: '', kubeProxyVersion: '' },
      },
    };
    await kubectl(['patch', 'node', name, '--subresource=status', '--type=merge', '-p', JSON.stringify({ status })]);
  };
  const untaint = (name: string): Promise<void> =>
    given().kubectl(['patch', 'node', name, '--type=merge', '-p', '{"spec":{"taints":[]}}']);

  test('an empty cluster lacks nodes and a storage class, and the exit code is 1', async () => {
    const { cluster } = given();
    const file = writeConfig(cluster.path('config.json'), base);
    const { code, stdout } = await doctor(cluster.kubeconfig, '--config', file);
    expect(stdout).toContain('✗ capacity: the cluster has no nodes');
    expect(stdout).toContain('✗ storage: no StorageClass is the default');
    expect(code).toBe(1);
  });

  test('one default storage class is enough, two are a warning, and a class that the config names must exist', async () => {
    const { create, remove, said } = given();
    const storageClass = (name: string, isDefault: boolean): object => ({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name, annotations: { 'storageclass.kubernetes.io/is-default-class': String(isDefault) } },
      provisioner: 'example.org/disks',
    });
    await create(storageClass('slow', false));
    expect(await said('storage')).toEqual([expect.stringMatching(/^problem \| .*there is slow.*storageClass: 'slow'/)]);
    await create(storageClass('standard', true));
    expect(await said('storage')).toEqual([expect.stringMatching(/^ok \| .*standard, the default class/)]);
    await create(storageClass('fast', true));
    expect(await said('storage')).toEqual([expect.stringMatching(/^warning \| several .*fast, standard/)]);
    await remove('storageclass', 'fast');
    const named = await platformWith({ cluster: { externalHost: address, storageClass: 'gone' } });
    expect(await said('storage', named)).toEqual([expect.stringContaining('problem | there is no StorageClass gone')]);
  });

  test('nodes must accept pods, be large enough one by one and together, and have an architecture of the images', async () => {
    const { kubectl, create, remove, said } = given();
    await addNode('a', '500m', '100Mi');
    expect(await said('capacity')).toEqual([expect.stringContaining('a has the taint node.kubernetes.io/not-ready')]);
    await untaint('a');
    expect(await said('capacity')).toContainEqual(
      expect.stringMatching(/^problem \| a pod of \S+ asks for .* has left is 0\.\d+ CPU/),
    );
    expect(await said('addresses')).toEqual([`ok | cluster.externalHost, ${address}, is an address of a node`]);
    await remove('node', 'a');
    await addNode('a', '1', '3Gi');
    await untaint('a');
    expect(await said('capacity')).toEqual([
      expect.stringMatching(
        /^problem \| the platform asks for .*; 1 node has .* left \| add nodes, or choose a smaller/,
      ),
    ]);
    await addNode('b', '16', '64Gi', 'arm64');
    await untaint('b');
    expect(await said('architectures')).toEqual([
      expect.stringMatching(/^warning \| some nodes are arm64, .*seldonio\/mlserver/),
    ]);
    await kubectl(['cordon', 'b']);
    await addNode('c', '16', '64Gi');
    await untaint('c');
    expect(await said('capacity')).toEqual([
      expect.stringMatching(/^ok \| .* left on 2 nodes \(not counted: b is cordoned\)/),
    ]);
    expect(await said('architectures')).toEqual([expect.stringMatching(/^ok \| amd64/)]);
    const big = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'big', namespace: 'default' },
      spec: {
        nodeName: 'c',
        automountServiceAccountToken: false,
        containers: [{ name: 'main', image: 'x:1', resources: { requests: { cpu: '15800m', memory: '63Gi' } } }],
      },
    };
    await kubectl(['create', 'serviceaccount', 'default', '--namespace=default']).catch(() => undefined);
    await create(big);
    expect(await said('capacity')).toEqual([expect.stringMatching(/^problem/)]);
    await remove('pod', 'big', '--force', '--grace-period=0');
    expect(await said('capacity')).toEqual([expect.stringMatching(/^ok/)]);
  });

  test('a cluster that fits has no problem, and the exit code is 0', async () => {
    const { cluster, findings } = given();
    expect((await findings()).filter(({ severity }) => severity === 'problem')).toEqual([]);
    const file = writeConfig(cluster.path('config.json'), base);
    const { code, stdout } = await doctor(cluster.kubeconfig, '--config', file, '--json');
    const { cluster: name, findings: told } = JSON.parse(stdout);
    expect({ code, name }).toEqual({ code: 0, name: `context test, ${cluster.url}` });
    expect(told).toContainEqual({
      severity: 'ok',
      subject: 'rights',
      text: expect.stringContaining('you may apply all'),
    });
  });
}
