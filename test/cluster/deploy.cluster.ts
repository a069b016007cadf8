import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Config } from '../../lib/config/parse';
import { writeYaml } from '../../lib/helm/yaml';
import type { KubernetesObject } from '../../lib/kubernetes-object';
import { platformLabel } from '../../lib/output/collect';
import { projectRoot } from '../../lib/project';
import { ControlPlane } from './control-plane';
import { FakeKubelet } from './fake-kubelet';
import { synthesizeTo } from './platform';
import { kubernetesVersions } from './tools';
import { eventually } from './workspace';

interface Result {
  readonly code: number | null;
  /** Both streams, in the order in which they were written. */
  readonly text: string;
}

interface Running {
  readonly child: ChildProcess;
  readonly text: () => string;
  readonly end: Promise<Result>;
}

/** Starts what `npm run deploy` starts. */
function start(kubeconfig: string, args: readonly string[]): Running {
  const program = ['--require', 'tsx/cjs', join(projectRoot, 'cli/deploy.ts')];
  const child = spawn(process.execPath, [...program, '--kubeconfig', kubeconfig, ...args], {
    cwd: projectRoot,
    env: { ...process.env, NO_COLOR: '1', KUBECONFIG: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const end = new Promise<Result>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, text }));
  });
  return { child, text: () => text, end };
}

type Files = Readonly<Record<string, readonly KubernetesObject[]>>;

/** The manifests of a small platform with one namespace, both of the same name. */
class Small {
  private readonly folder: string;

  constructor(
    private readonly cluster: ControlPlane,
    readonly name: string,
  ) {
    this.folder = cluster.path(`dist-${name}`);
  }

  object(apiVersion: string, kind: string, name: string, fields: object = {}, namespaced = true): KubernetesObject {
    const place = namespaced ? { namespace: this.name } : {};
    return { apiVersion, kind, metadata: { name, ...place, labels: { [platformLabel]: this.name } }, ...fields };
  }

  get namespace(): KubernetesObject {
    return this.object('v1', 'Namespace', this.name, {}, false);
  }

  configMap(name: string, data: object = { key: 'value' }): KubernetesObject {
    return this.object('v1', 'ConfigMap', name, { data });
  }

  claim(name: string, storage = '1Gi'): KubernetesObject {
    const resources = { requests: { storage } };
    return this.object('v1', 'PersistentVolumeClaim', name, { spec: { accessModes: ['ReadWriteOnce'], resources } });
  }

  workload(kind: 'Deployment' | 'StatefulSet', name: string, spec: object = {}): KubernetesObject {
    const labels = { app: name };
    const containers = [{ name: 'main', image: 'registry.example.org/none:1' }];
    const template = { metadata: { labels }, spec: { containers } };
    return this.object('apps/v1', kind, name, { spec: { selector: { matchLabels: labels }, template, ...spec } });
  }

  /** Replaces all manifests. */
  write(files: Files): this {
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
    for (const [name, objects] of Object.entries({ '00-namespaces.yaml': [this.namespace], ...files })) {
      writeFileSync(join(this.folder, name), objects.map(writeYaml).join('---\n'));
    }
    return this;
  }

  start(...args: string[]): Running {
    return start(this.cluster.kubeconfig, ['--out', this.folder, ...args]);
  }

  deploy(...args: string[]): Promise<Result> {
    return this.start(...args).end;
  }

  /** Names of what is in the namespace. */
  async names(kinds: string): Promise<string[]> {
    const { items } = await this.cluster.json<{ items: KubernetesObject[] }>(
      'get',
      kinds,
      '-n',
      this.name,
      '-l',
      platformLabel,
    );
    return items.map(({ metadata }) => metadata.name);
  }

  async inventory(): Promise<string> {
    const { data } = await this.cluster.json<{ data: { objects: string } }>(
      'get',
      'configmap',
      `mlops-infra-${this.name}`,
    );
    return data.objects;
  }

  async lease(): Promise<object | undefined> {
    const { code, stdout } = await this.cluster.kubectl(['get', 'lease', `mlops-infra-${this.name}`, '-o', 'json']);
    return code === 0 ? (JSON.parse(stdout) as object) : undefined;
  }
}

describe.each(kubernetesVersions)('the whole platform on Kubernetes %s', (version) => {
  let cluster: ControlPlane;
  let dist: string;
  let kubelet: FakeKubelet | undefined;
  const deploy = (...args: string[]): Promise<Result> => start(cluster.kubeconfig, ['--out', dist, ...args]).end;

  beforeAll(async () => {
    cluster = await ControlPlane.start({ version, users: { alice: ['data-scientists'] } });
    const config: Config = {
      cluster: { externalHost: '192.0.2.10' },
      size: { profile: 'laptop' },
      models: [{ name: 'creditcard', server: 'mlflow', uri: 's3://models/creditcard/1', drift: {} }],
    };
    ({ folder: dist } = await synthesizeTo(cluster.path('dist'), config));
  });
  afterAll(async () => {
    await kubelet?.stop();
    await cluster.stop();
  });

  test('a dry run on an empty cluster says what would be made and what cannot be checked yet, and makes nothing', async () => {
    const { code, text } = await deploy('--dry-run');
    expect(text).toContain('+ Namespace/mlops-kafka');
    expect(text).toMatch(
      /SeldonDeployment\/mlops-models\/creditcard \(not checked: needs CustomResourceDefinition\/\S+, which is not there/,
    );
    expect(code).toBe(0);
    const { items } = await cluster.json<{ items: object[] }>(
      'get',
      'namespaces,leases,clusterroles',
      '-l',
      platformLabel,
      '-A',
    );
    expect(items).toEqual([]);
  });

  test('a user without rights is told all that he lacks, before anything is written', async () => {
    const { code, text } = await start(cluster.userKubeconfig('alice'), ['--out', dist]).end;
    expect(code).toBe(1);
    expect(text).toContain('Nothing was changed');
    expect(text).toMatch(/create, get, patch deployments\.apps in .*mlops-mlflow/);
    expect(text).toMatch(/create, get, patch customresourcedefinitions\.apiextensions\.k8s\.io\n/);
    const writes = cluster
      .requests()
      .filter(({ user, verb, uri }) => user === 'alice' && verb !== 'get' && !uri.includes('selfsubject'));
    expect(writes).toEqual([]);
  });

  test('--only says what must be there already', async () => {
    const { code, text } = await deploy('--only', 'kafka');
    expect(code).toBe(1);
    expect(text).toContain(
      'needs Namespace/mlops-kafka, which is not there (it is in 00-namespaces.yaml: deploy once without --only)',
    );
  });

  test('what has nobody to judge it waits until the time is over, with the reason, and the rest is applied', async () => {
    const { code, text } = await deploy('--timeout', '10s');
    expect(code).toBe(1);
    expect(text).toContain('60-monitors.yaml  ');
    expect(text).toMatch(
      /The time is over\.\n\s+SeldonDeployment\/mlops-models\/creditcard: is judged by Deployment\/mlops-seldon\/seldon-controller-manager: 0 of 1 pods/,
    );
    expect(text).toContain('Gateway/istio-system/seldon-gateway: is judged by Deployment/istio-system/istiod');
  });

  test('a rerun finishes, and with --wait comes back when every workload is ready', async () => {
    kubelet = await FakeKubelet.start(cluster.kubeconfig);
    const { code, text } = await deploy('--wait', '--timeout', '90s');
    expect(text).toContain('00-namespaces.yaml  10 unchanged');
    expect(text).toContain('60-models.yaml  1 created');
    expect(text).toContain('everything is ready');
    expect(code).toBe(0);
  });

  test('one more changes nothing, not even what istiod has filled in', async () => {
    const name = ['mutatingwebhookconfiguration', 'istio-sidecar-injector'];
    const policies = async (): Promise<string[]> =>
      (await cluster.json<{ webhooks: { failurePolicy: string }[] }>('get', ...name)).webhooks.map(
        ({ failurePolicy }) => failurePolicy,
      );
    expect((await policies())[0]).toBe('Fail');
    const patch = JSON.stringify([{ op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' }]);
    await cluster.kubectl(['patch', ...name, '--type=json', '--field-manager=pilot-discovery', '-p', patch]);
    const { code, text } = await deploy();
    expect(text).not.toMatch(/\d (created|changed)/);
    expect(code).toBe(0);
    expect((await policies())[0]).toBe('Ignore');
  });

  test('a dry run shows which fields would change', async () => {
    const scaled = cluster.path('scaled');
    cpSync(dist, scaled, { recursive: true });
    const file = join(scaled, '40-kafka.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^ {2}replicas: 1$/m, '  replicas: 3'));
    const { code, text } = await start(cluster.kubeconfig, ['--out', scaled, '--dry-run', '--only', 'kafka']).end;
    expect(text).toMatch(/~ StatefulSet\/mlops-kafka\/kafka-controller\n\s+spec\.replicas: 1 → 3\n/);
    expect(code).toBe(0);
    expect(
      (
        await cluster.json<{ spec: { replicas: number } }>(
          'get',
          'statefulset',
          'kafka-controller',
          '-n',
          'mlops-kafka',
        )
      ).spec.replicas,
    ).toBe(1);
  });

  test('leaves no lock behind', async () => {
    const { items } = await cluster.json<{ items: object[] }>('get', 'leases', '-n', 'default');
    expect(items).toEqual([]);
  });
});

describe('what may go wrong', () => {
  let cluster: ControlPlane;
  const small = (name: string): Small => new Small(cluster, name);

  beforeAll(async () => {
    cluster = await ControlPlane.start({ version: kubernetesVersions.at(-1) ?? '1.36', users: { bob: ['editors'] } });
  });
  afterAll(() => cluster.stop());

  test('no cluster at the address: told at once, with the address', async () => {
    const kubeconfig = cluster.path('nobody.kubeconfig');
    const clusters = [{ name: 'nobody', cluster: { server: 'https://127.0.0.1:1' } }];
    const contexts = [{ name: 'nobody', context: { cluster: 'nobody', user: 'nobody' } }];
    const users = [{ name: 'nobody', user: { token: 'none' } }];
    writeFileSync(
      kubeconfig,
      JSON.stringify({ apiVersion: 'v1', kind: 'Config', clusters, contexts, users, 'current-context': 'nobody' }),
    );
    const platform = small('nowhere').write({});
    const { code, text } = await start(kubeconfig, ['--out', cluster.path('dist-nowhere')]).end;
    expect(code).toBe(1);
    expect(text).toContain('No cluster answers for context nobody, https://127.0.0.1:1');
    const wrong = await platform.deploy('--context', 'other');
    expect(wrong.code).toBe(1);
    expect(wrong.text).toContain('There is no context "other"');
    expect(wrong.text).toContain('Give --context with one of: test.');
  });

  test('the API server is killed in the middle: it goes on when the server is back', async () => {
    const many = Array.from({ length: 300 }, (_, index) => small('killed').configMap(`part-${index}`));
    const platform = small('killed').write({ '10-parts.yaml': many });
    const running = platform.start('--timeout', '90s');
    await eventually('some are applied', async () => (await platform.names('configmaps')).length > 20, { seconds: 60 });
    await cluster.killApiServer();
    await eventually('the deploy has noticed', () => running.text().includes('the API server cannot be reached'));
    await cluster.startApiServer();
    const { code, text } = await running.end;
    expect(text).toMatch(/10-parts\.yaml {2}.*created/);
    expect(code).toBe(0);
    expect(await platform.names('configmaps')).toHaveLength(300);
  });

  test('the API server does not come back: told when the time is over, and a rerun finishes', async () => {
    const platform = small('gone').write({ '10-parts.yaml': [small('gone').configMap('part')] });
    await platform.deploy('--only', 'namespaces');
    const many = Array.from({ length: 300 }, (_, index) => platform.configMap(`part-${index}`));
    const running = platform.write({ '10-parts.yaml': many }).start('--timeout', '10s');
    await eventually('some are applied', async () => (await platform.names('configmaps')).length > 20, { seconds: 60 });
    await cluster.killApiServer();
    const { code, text } = await running.end;
    await cluster.startApiServer();
    expect(code).toBe(1);
    expect(text).toContain('The time is over.');
    expect(text).toMatch(/the API server cannot be reached: .*refused/);
    const again = await platform.deploy('--timeout', '60s');
    expect(again.code).toBe(0);
    expect(again.text).toMatch(/10-parts\.yaml {2}\d+ created, \d+ unchanged/);
  });

  test('etcd stands still: told when the time is over, and a rerun finishes', async () => {
    const platform = small('stuck').write({ '10-parts.yaml': [small('stuck').configMap('part')] });
    const { stdout } = spawnSync('ps', ['-axo', 'pid,command'], { encoding: 'utf8' });
    const line = stdout.split('\n').find((text) => text.includes(`--data-dir=${cluster.path('etcd')}`)) ?? '';
    const etcd = Number(line.trim().split(' ')[0]);
    process.kill(etcd, 'SIGSTOP');
    const { code, text } = await platform.deploy('--timeout', '4s').finally(() => process.kill(etcd, 'SIGCONT'));
    expect(code).toBe(1);
    expect(text).toMatch(
      /The time is over\.\n\s+the API server (cannot be reached: no answer in time|is in trouble: .*)/,
    );
    expect((await platform.deploy('--timeout', '60s')).code).toBe(0);
  });

  test('a webhook never answers: named with the cause, and a rerun finishes when it is gone', async () => {
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

  test('a namespace is being deleted: told what keeps it, and a rerun finishes when it is gone', async () => {
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

  test('a quota is full: told with the quota, and a rerun finishes when it is raised', async () => {
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

  test('two deploys at once: the second is told who is at work, and changes nothing', async () => {
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

  test('a deploy that was killed: the next takes its lock over when it expires, and forgets nothing that it made', async () => {
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

  test('what does not become ready is told when the time is over', async () => {
    const platform = small('unready').write({ '10-parts.yaml': [small('unready').workload('Deployment', 'never')] });
    const { code, text } = await platform.deploy('--wait', '--timeout', '5s');
    expect(code).toBe(1);
    expect(text).toContain('Applied, but the time is over and not everything is ready:');
    expect(text).toMatch(/Deployment\/unready\/never: 0 of 1 pods are made/);
  });

  test('what cannot be changed is explained with what to do', async () => {
    const platform = small('fixed');
    platform.write({
      '10-parts.yaml': [
        platform.claim('data', '2Gi'),
        platform.workload('StatefulSet', 'store', { serviceName: 'store' }),
        platform.workload('Deployment', 'web'),
        platform.object('v1', 'Service', 'web', { spec: { ports: [{ port: 80 }], clusterIP: '127.96.77.7' } }),
      ],
    });
    expect((await platform.deploy()).code).toBe(0);
    platform.write({
      '10-parts.yaml': [
        platform.claim('data', '1Gi'),
        platform.workload('StatefulSet', 'store', { serviceName: 'other' }),
        platform.workload('Deployment', 'web', { selector: { matchLabels: { app: 'web', more: 'yes' } } }),
        platform.object('v1', 'Service', 'web', { spec: { ports: [{ port: 80 }], clusterIP: '127.96.77.8' } }),
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

  test('a field that somebody else has set is a conflict that names him; what kubectl apply has set is ours', async () => {
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
    expect(text).toMatch(/ConfigMap\/shared\/part: set to another value by somebody else: \.data\.a \(by bob\)/);
  });

  test('an object of another platform is left alone', async () => {
    const platform = small('mine').write({ '10-parts.yaml': [small('mine').configMap('part')] });
    await platform.deploy();
    await cluster.kubectl(['label', 'configmap', 'part', '-n', 'mine', `${platformLabel}=theirs`, '--overwrite']);
    const { code, text } = await platform.deploy();
    expect(code).toBe(1);
    expect(text).toContain('ConfigMap/mine/part: belongs to the platform "theirs"');
  });

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
