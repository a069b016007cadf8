import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { KubernetesObject } from '../../../lib/kubernetes/object';
import { platformLabel } from '../../../lib/kubernetes/labels';
import { ControlPlane } from './control-plane';
import { Small } from './small-platform';
import { newestVersion } from './tools';
import { eventually } from './workspace';

describe('a deploy that meets an obstacle', () => {
  let cluster: ControlPlane;
  const small = (name: string): Small => new Small(cluster, name);

  beforeAll(async () => {
    cluster = await ControlPlane.start({ version: newestVersion });
  });
  afterAll(() => cluster.stop());

  test('a webhook never answers: reported with the cause, and a rerun finishes when it is gone', async () => {
    // It takes connections, and says nothing.
    const callers = new Set<Socket>();
    const silent = createServer((socket) => callers.add(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const platform = small('judged').write({
      '10-parts.yaml': [small('judged').configMap('part'), small('judged').claim('data')],
    });
    const webhook = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'silent' },
      webhooks: [
        {
          ...{ name: 'silent.example.org', failurePolicy: 'Fail', sideEffects: 'None', timeoutSeconds: 1 },
          admissionReviewVersions: ['v1'],
          clientConfig: { url: `https://127.0.0.1:${port}/` },
          rules: [{ operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }],
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'judged' } },
        },
      ],
    };
    await cluster.kubectl(['create', '-f', '-'], { input: JSON.stringify(webhook) });
    await platform.deploy('--only', 'namespaces');
    const { code, text } = await platform.deploy('--timeout', '8s');
    expect(code).toBe(1);
    expect(text).toMatch(
      /ConfigMap\/judged\/part: the webhook silent\.example\.org must agree, but cannot be asked: .*(deadline|timeout|Timeout)/,
    );
    expect(await platform.names('persistentvolumeclaims')).toEqual(['data']);
    await cluster.kubectl(['delete', 'validatingwebhookconfiguration', 'silent']);
    silent.close();
    for (const socket of callers) socket.destroy();
    expect((await platform.deploy()).code).toBe(0);
  });

  test('a namespace is being deleted: reports what holds it back, and a rerun finishes when it is gone', async () => {
    const platform = small('leaving').write({ '10-parts.yaml': [small('leaving').configMap('part')] });
    expect((await platform.deploy()).code).toBe(0);
    const finalize = (finalizers: string[]): Promise<unknown> =>
      cluster.kubectl([
        'patch',
        'namespace',
        'leaving',
        '--type=merge',
        '-p',
        JSON.stringify({ metadata: { finalizers } }),
      ]);
    await finalize(['example.org/kept']);
    await cluster.kubectl(['delete', 'namespace', 'leaving', '--wait=false']);
    const { code, text } = await platform.deploy('--timeout', '5s');
    expect(code).toBe(1);
    expect(text).toMatch(/Namespace\/leaving: is being deleted since .*, kept by finalizers example\.org\/kept/);
    await finalize([]);
    // What the namespace controller would do: there is none here.
    const { metadata } = platform.namespace;
    const finalized = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata, spec: { finalizers: [] } });
    await cluster.kubectl(['replace', '--raw', '/api/v1/namespaces/leaving/finalize', '-f', '-'], { input: finalized });
    const again = await platform.deploy('--timeout', '60s');
    expect(again.text).toContain('00-namespaces.yaml  1 created');
    expect(again.code).toBe(0);
  });

  test('a quota is full: reports the quota, and a rerun finishes when it is raised', async () => {
    const parts = (name: string): KubernetesObject => small('full').configMap(name);
    const platform = small('full').write({
      '10-parts.yaml': [parts('one'), parts('two')],
      '20-later.yaml': [parts('three')],
    });
    await platform.deploy('--only', 'namespaces');
    const quota = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'tight', namespace: 'full' },
      spec: { hard: { configmaps: '1' } },
    };
    await cluster.kubectl(['create', '-f', '-'], { input: JSON.stringify(quota) });
    // The quota controller would write what is used.
    const status = { status: { hard: { configmaps: '1' }, used: { configmaps: '0' } } };
    await cluster.kubectl([
      'patch',
      'resourcequota',
      'tight',
      '-n',
      'full',
      '--subresource=status',
      '--type=merge',
      '-p',
      JSON.stringify(status),
    ]);
    const { code, text } = await platform.deploy('--timeout', '20s');
    expect(code).toBe(1);
    expect(text).toMatch(
      /ConfigMap\/full\/(one|two): exceeded quota: tight, requested: configmaps=1, used: configmaps=1, limited: configmaps=1/,
    );
    expect(text).not.toContain('20-later.yaml');
    await cluster.kubectl(['delete', 'resourcequota', 'tight', '-n', 'full']);
    expect((await platform.deploy()).code).toBe(0);
  });

  test('two deploys at once: the second reports who holds the lock, and changes nothing', async () => {
    const first = small('twice').write({
      '10-parts.yaml': [small('twice').object('example.org/v1', 'Missing', 'one')],
    });
    const waiting = small('twice').workload('Deployment', 'never');
    first.write({ '10-parts.yaml': [waiting] });
    const running = first.start('--wait', '--timeout', '60s');
    await eventually('the first waits', () => running.text().includes('Deployment/twice/never'));
    const second = await first.deploy('--timeout', '60s');
    expect(second.code).toBe(1);
    expect(second.text).toMatch(
      /another deploy of twice is running: \S+@\S+, process \d+, .* since .*Nothing was changed/,
    );
    running.child.kill('SIGINT');
    const { code, text } = await running.end;
    expect(code).toBe(130);
    expect(text).toContain('Whatever was applied stays; run the same command again to finish.');
    expect(await first.lease()).toBeUndefined();
  });

  test('a deploy was killed: the next takes over its lock when it expires, and forgets nothing that it created', async () => {
    const platform = small('crashed').write({ '10-parts.yaml': [small('crashed').workload('Deployment', 'never')] });
    const running = platform.start('--wait', '--timeout', '60s');
    await eventually('it waits', () => running.text().includes('Deployment/crashed/never'));
    running.child.kill('SIGKILL');
    expect(await platform.lease()).toBeDefined();
    const { code, text } = await platform.deploy('--timeout', '60s');
    expect(text).toMatch(/took over the lock of \S+@\S+, process \d+/);
    expect(code).toBe(0);
    expect(await platform.inventory()).toContain('Deployment.apps crashed/never\n');
  });

  test('what is not ready at the timeout is reported', async () => {
    const platform = small('unready').write({ '10-parts.yaml': [small('unready').workload('Deployment', 'never')] });
    const { code, text } = await platform.deploy('--wait', '--timeout', '5s');
    expect(code).toBe(1);
    expect(text).toContain('Applied, but the time is over and not everything is ready:');
    expect(text).toMatch(/Deployment\/unready\/never: 0 of 1 pods are made/);
  });

  test('a StatefulSet that was scaled down is not ready while a pod that is about to go stands in for the one that stays', async () => {
    const platform = small('shrinking').write({
      '10-parts.yaml': [small('shrinking').workload('StatefulSet', 'store', { serviceName: 'store', replicas: 1 })],
    });
    expect((await platform.deploy()).code).toBe(0);
    const counts = async (replicas: number, readyReplicas: number): Promise<unknown> => {
      const status = { observedGeneration: 1, replicas, readyReplicas };
      const patch = ['--subresource=status', '--type=merge', '-p', JSON.stringify({ status })];
      return cluster.kubectl(['patch', 'statefulset', 'store', '-n', 'shrinking', ...patch]);
    };
    await counts(2, 1);
    const early = await platform.deploy('--wait', '--timeout', '5s');
    expect(early.text).toContain('StatefulSet/shrinking/store: has 2 pods, and waits until 1 of them has ended');
    expect(early.code).toBe(1);
    await counts(1, 1);
    expect((await platform.deploy('--wait', '--timeout', '30s')).code).toBe(0);
  });

  test('another number of voters is refused, also in a dry run, before anything is written', async () => {
    const platform = small('voting');
    const voters = (list: string): KubernetesObject =>
      platform.configMap('store-configuration', { 'server.properties': `controller.quorum.voters=${list}\n` });
    platform.write({ '10-parts.yaml': [voters('0@a:9093')] });
    expect((await platform.deploy()).code).toBe(0);
    platform.write({ '10-parts.yaml': [platform.configMap('new'), voters('0@a:9093,1@b:9093,2@c:9093')] });
    for (const options of [[], ['--dry-run']]) {
      const { code, text } = await platform.deploy(...options);
      expect(text).toContain('A service would be parted from its data. Nothing was changed.');
      expect(text).toContain('ConfigMap/voting/store-configuration has a quorum of 1 broker');
      expect(code).toBe(1);
    }
    expect(await platform.names('configmaps')).toEqual(['store-configuration']);
    await cluster.kubectl(['delete', 'configmap', 'store-configuration', '-n', 'voting']);
    expect((await platform.deploy()).code).toBe(0);
  });

  test('a field that cannot be changed is reported with what to do', async () => {
    const platform = small('fixed');
    platform.write({
      '10-parts.yaml': [
        platform.claim('data', '2Gi'),
        platform.workload('StatefulSet', 'store', { serviceName: 'store' }),
        platform.workload('Deployment', 'web'),
        platform.object('v1', 'Service', 'web', {
          spec: { ports: [{ port: 80 }], clusterIP: `${cluster.serviceNetwork}.77.7` },
        }),
      ],
    });
    expect((await platform.deploy()).code).toBe(0);
    platform.write({
      '10-parts.yaml': [
        platform.claim('data', '1Gi'),
        platform.workload('StatefulSet', 'store', { serviceName: 'other' }),
        platform.workload('Deployment', 'web', { selector: { matchLabels: { app: 'web', more: 'yes' } } }),
        platform.object('v1', 'Service', 'web', {
          spec: { ports: [{ port: 80 }], clusterIP: `${cluster.serviceNetwork}.77.8` },
        }),
      ],
    });
    const { code, text } = await platform.deploy();
    expect(code).toBe(1);
    expect(text).toMatch(
      /StatefulSet\/fixed\/store: spec: cannot be changed.*kubectl -n fixed delete statefulset store --cascade=orphan/,
    );
    expect(text).toMatch(
      /Service\/fixed\/web: spec\.clusterIPs?\[?0?\]?: cannot be changed.*kubectl -n fixed delete service web/,
    );
    expect(text).toMatch(/PersistentVolumeClaim\/fixed\/data: .*/);
    expect(text).toMatch(/Deployment\/fixed\/web: .*/);
  });

  test('a field of another manager is a conflict that names it; what kubectl apply has set is ours', async () => {
    const platform = small('shared').write({
      '10-parts.yaml': [small('shared').configMap('part', { a: '1', b: '2' })],
    });
    const plain = await cluster.kubectl(['apply', '-f', cluster.path('dist-shared')]);
    expect(plain.code).toBe(0);
    platform.write({ '10-parts.yaml': [platform.configMap('part', { a: '2' })] });
    const taken = await platform.deploy();
    expect(taken.text).toContain('10-parts.yaml  1 changed');
    const { data } = await cluster.json<{ data: object }>('get', 'configmap', 'part', '-n', 'shared');
    expect(data).toEqual({ a: '2' });
    await cluster.kubectl([
      'patch',
      'configmap',
      'part',
      '-n',
      'shared',
      '--field-manager=bob',
      '-p',
      '{"data":{"a":"3"}}',
    ]);
    const { code, text } = await platform.deploy();
    expect(code).toBe(1);
    expect(text).toMatch(
      /ConfigMap\/shared\/part: set to another value by another field manager: \.data\.a \(by bob\)/,
    );
  });

  test('an object of another platform is left alone', async () => {
    const platform = small('mine').write({ '10-parts.yaml': [small('mine').configMap('part')] });
    await platform.deploy();
    await cluster.kubectl(['label', 'configmap', 'part', '-n', 'mine', `${platformLabel}=theirs`, '--overwrite']);
    const { code, text } = await platform.deploy();
    expect(code).toBe(1);
    expect(text).toContain('ConfigMap/mine/part: belongs to the platform "theirs"');
  });

  // Last: from here on there are controllers.
  test('pods that cannot be created or scheduled are reported with the reason', async () => {
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
