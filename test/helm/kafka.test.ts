import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findObject, type KubeObject, renderChart } from './render';

const clusterId = 'MkU3OEVBNTcwNTJENDM2Qg';
const render = (values: object = {}): Promise<readonly KubeObject[]> =>
  renderChart('kafka', { release: 'kafka', namespace: 'data', values: { kraft: { clusterId }, ...values } });

type Files = Readonly<Record<string, string>>;
const files = (objects: readonly KubeObject[], fullname = 'kafka'): Files =>
  findObject(objects, 'ConfigMap', `${fullname}-controller-configuration`).data as Files;

/** Every value that a properties file gives to a key, so that a key given twice is seen. */
function properties(text = ''): Record<string, string[]> {
  const result: Record<string, string[]> = {};
  for (const line of text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))) {
    const [key = '', ...value] = line.split('=');
    (result[key.trim()] ??= []).push(value.join('=').trim());
  }
  return result;
}

/** What node `index` tells clients to connect to, by listener. */
function advertised(objects: readonly KubeObject[], index: number, fullname?: string): Record<string, string> {
  const [value = ''] = properties(files(objects, fullname)[`node-${index}.properties`])['advertised.listeners'] ?? [];
  return Object.fromEntries(value.split(',').map((listener) => listener.split('://') as [string, string]));
}

const externalAccess = (service: object): object => ({ externalAccess: { enabled: true, controller: { service } } });

interface ServiceSpec {
  readonly ports: readonly { name: string; port: number; targetPort: string; nodePort?: number }[];
}

describe('names and ports', () => {
  test('are those of the original chart', async () => {
    const objects = await render(externalAccess({ type: 'NodePort', domain: 'k', nodePorts: [30093, 30094, 30095] }));
    const services = objects.filter(({ kind }) => kind === 'Service');
    const ports = services.map(({ metadata, spec }) => [
      metadata.name,
      (spec as ServiceSpec).ports.map(({ name, port, targetPort, nodePort }) =>
        [name, port, targetPort, nodePort].filter(Boolean).join(' '),
      ),
    ]);
    expect(Object.fromEntries(ports)).toEqual({
      kafka: ['tcp-client 9092 client', 'tcp-external 9095 external'],
      'kafka-controller-headless': [
        'tcp-interbroker 9094 interbroker',
        'tcp-client 9092 client',
        'tcp-controller 9093 controller',
      ],
      'kafka-controller-0-external': ['tcp-kafka 9094 external 30093'],
      'kafka-controller-1-external': ['tcp-kafka 9094 external 30094'],
      'kafka-controller-2-external': ['tcp-kafka 9094 external 30095'],
    });
    expect(findObject(objects, 'StatefulSet', 'kafka-controller').spec).toMatchObject({
      serviceName: 'kafka-controller-headless',
      selector: {
        matchLabels: {
          'app.kubernetes.io/name': 'kafka',
          'app.kubernetes.io/instance': 'kafka',
          'app.kubernetes.io/component': 'controller-eligible',
          'app.kubernetes.io/part-of': 'kafka',
        },
      },
      template: { spec: { serviceAccountName: 'kafka' } },
    });
  });

  test('take the release in front when its name does not say kafka', async () => {
    const objects = await renderChart('kafka', { release: 'bus', namespace: 'x', values: { kraft: { clusterId } } });
    findObject(objects, 'Service', 'bus-kafka');
    expect(advertised(objects, 2, 'bus-kafka').CLIENT).toBe(
      'bus-kafka-controller-2.bus-kafka-controller-headless.x.svc.cluster.local:9092',
    );
  });
});

describe('listeners', () => {
  test('without external access exist for the cluster only', async () => {
    const objects = await render({ clusterDomain: 'example.internal' });
    const shared = properties(files(objects)['server.properties']);
    expect(shared.listeners).toEqual(['CLIENT://:9092,INTERNAL://:9094,CONTROLLER://:9093']);
    const host = 'kafka-controller-1.kafka-controller-headless.data.svc.example.internal';
    expect(advertised(objects, 1)).toEqual({ CLIENT: `${host}:9092`, INTERNAL: `${host}:9094` });
    expect(shared['controller.quorum.voters']?.[0]?.split(',')).toContain(`1@${host}:9093`);
  });

  test('give outside clients the domain and the port of each node', async () => {
    const objects = await render(
      externalAccess({ type: 'NodePort', domain: 'kafka.example.org', nodePorts: [30093, 30094, 30095] }),
    );
    expect([0, 1, 2].map((index) => advertised(objects, index).EXTERNAL)).toEqual([
      'kafka.example.org:30093',
      'kafka.example.org:30094',
      'kafka.example.org:30095',
    ]);
  });

  test('give outside clients the name of the load balancer before its address', async () => {
    const service = { type: 'LoadBalancer', loadBalancerIPs: ['10.0.0.1', '10.0.0.2', '10.0.0.3'] };
    expect(advertised(await render(externalAccess(service)), 2).EXTERNAL).toBe('10.0.0.3:9094');
    const named = { ...service, loadBalancerNames: ['a.example.org', 'b.example.org', 'c.example.org'] };
    const objects = await render(externalAccess(named));
    expect(advertised(objects, 2).EXTERNAL).toBe('c.example.org:9094');
    expect(findObject(objects, 'Service', 'kafka-controller-2-external')).toMatchObject({
      spec: { type: 'LoadBalancer', loadBalancerIP: '10.0.0.3' },
    });
  });
});

describe('replication', () => {
  const factors = async (values: object): Promise<Record<string, string>> => {
    const shared = Object.entries(properties(files(await render(values))['server.properties']));
    return Object.fromEntries(shared.filter(([key]) => /replica|isr/.test(key)).map(([key, all]) => [key, all.join()]));
  };

  test('keeps three copies on three nodes and lets one of them fail', async () => {
    expect(await factors({ controller: { replicaCount: 3 } })).toEqual({
      'default.replication.factor': '3',
      'min.insync.replicas': '2',
      'offsets.topic.replication.factor': '3',
      'transaction.state.log.min.isr': '2',
      'transaction.state.log.replication.factor': '3',
    });
  });

  test('asks a single node for one copy of everything', async () => {
    expect(new Set(Object.values(await factors({ controller: { replicaCount: 1 } })))).toEqual(new Set(['1']));
  });

  test('is what extraConfig says, once, and never refuses all writes', async () => {
    const extraConfig = '# one copy is enough\ndefault.replication.factor = 1\noffsets.topic.replication.factor=2\n';
    expect(await factors({ extraConfig })).toMatchObject({
      'default.replication.factor': '1',
      'offsets.topic.replication.factor': '2',
      'min.insync.replicas': '1',
    });
  });

  test('has a disruption budget where there is more than one node', async () => {
    const budgets = async (replicaCount: number): Promise<number> =>
      (await render({ controller: { replicaCount } })).filter(({ kind }) => kind === 'PodDisruptionBudget').length;
    expect([await budgets(1), await budgets(3)]).toEqual([0, 1]);
  });
});

describe('values that cannot work are refused', () => {
  test.each([
    ['a missing cluster id', { kraft: {} }, 'clusterId'],
    ['a cluster id of the wrong length', { kraft: { clusterId: 'abc' } }, "'abc' does not match"],
    ['an unknown key', { controler: {} }, "'controler' not allowed"],
    ['a protocol that is not served', { listeners: { client: { protocol: 'SSL' } } }, 'PLAINTEXT'],
    ['an even quorum', { controller: { replicaCount: 2 } }, 'controller.replicaCount: 2'],
    ['a property of the chart', { extraConfig: 'log.dirs : /x' }, 'extraConfig: log.dirs'],
    [
      'discovery',
      { externalAccess: { enabled: true, autoDiscovery: { enabled: true } } },
      'autoDiscovery.enabled: true',
    ],
    ['too few ports', externalAccess({ type: 'NodePort', domain: 'k', nodePorts: [30093] }), 'nodePorts: 1 ports'],
    ['ports without an address', externalAccess({ type: 'NodePort', nodePorts: [1, 2, 3] }), 'useHostIPs: true'],
    ['a load balancer without addresses', externalAccess({ type: 'LoadBalancer' }), 'loadBalancerNames: empty'],
  ])('%s', async (_, values, message) => {
    await expect(render(values)).rejects.toThrow(message);
  });
});

describe('the start of a node', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'kafka-start-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Runs the rendered start.sh with stand-ins for Kafka's two commands. Gives what they were called with. */
  async function start(values: object, env: Readonly<Record<string, string>>): Promise<string> {
    const rendered = files(await render(values));
    for (const [name, text] of Object.entries(rendered)) writeFileSync(path.join(folder, name), text);
    mkdirSync(path.join(folder, 'bin'));
    for (const command of ['kafka-storage.sh', 'kafka-server-start.sh']) {
      const file = path.join(folder, 'bin', command);
      writeFileSync(file, `#!/bin/bash\necho ${command} "$@"\n`);
      chmodSync(file, 0o755);
    }
    const script = (rendered['start.sh'] ?? '')
      .replaceAll('/etc/kafka-config', folder)
      .replaceAll('/opt/kafka/bin', path.join(folder, 'bin'))
      .replaceAll('/tmp/server.properties', path.join(folder, 'final.properties'));
    return execFileSync('/bin/bash', ['-c', script], {
      env: { PATH: process.env.PATH, CLUSTER_ID: clusterId, ...env },
      encoding: 'utf8',
      stdio: 'pipe',
    });
  }

  const hostPorts = externalAccess({ type: 'NodePort', useHostIPs: true, nodePorts: [30093, 30094, 30095] });

  test('formats its disk for this cluster and then becomes the server', async () => {
    const calls = (await start({}, { POD_NAME: 'kafka-controller-1' })).trim().split('\n');
    expect(calls).toEqual([
      expect.stringMatching(`kafka-storage.sh format --cluster-id=${clusterId} .* --ignore-formatted`),
      expect.stringContaining('kafka-server-start.sh'),
    ]);
  });

  test.each([
    ['192.0.2.7', '192.0.2.7:30095'],
    ['2001:db8::7', '[2001:db8::7]:30095'],
  ])('joins shared and own configuration with the address %s of the cluster node', async (hostIp, external) => {
    await start(hostPorts, { POD_NAME: 'kafka-controller-2', HOST_IP: hostIp });
    const final = properties(readFileSync(path.join(folder, 'final.properties'), 'utf8'));
    expect(final['node.id']).toEqual(['2']);
    expect(final['process.roles']).toEqual(['broker,controller']);
    expect(final['advertised.listeners']?.[0]).toMatch(
      new RegExp(`,EXTERNAL://${external.replace(/[[\]]/g, '\\$&')}$`),
    );
  });

  test('stops a node that the quorum does not know', async () => {
    await expect(start({}, { POD_NAME: 'kafka-controller-3' })).rejects.toThrow('change controller.replicaCount');
  });
});
