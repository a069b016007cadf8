import { createHmac } from 'node:crypto';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Container, type PodTemplate, podTemplateOf } from '../../../lib/kubernetes/object';
import { nameOf as secretName, sourcesOf } from '../../../programs/credentials/values';
import { ControlPlane } from './control-plane';
import { type Platform, richConfig, synthesizeTo } from './platform';
import { newestVersion } from './tools';

const namespace = 'mlops-credentials';
const user = `system:serviceaccount:${namespace}:credentials`;

interface Secret {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly resourceVersion: string };
  readonly data: Readonly<Record<string, string>>;
}

describe('the credentials Job', () => {
  let cluster: ControlPlane;
  let platform: Platform;

  beforeAll(async () => {
    cluster = await ControlPlane.start({ version: newestVersion });
    platform = await synthesizeTo(cluster.path('dist'), richConfig);
    for (const file of ['00-namespaces.yaml', '20-credentials.yaml']) {
      const { code, stderr } = await cluster.kubectl(['apply', '-f', join(platform.folder, file)]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }
  });
  afterAll(() => cluster.stop());
  beforeEach(async () => {
    for (const { metadata } of await secrets()) {
      await cluster.api.must('DELETE', `/api/v1/namespaces/${metadata.namespace}/secrets/${metadata.name}`);
    }
  });

  const secrets = async (): Promise<Secret[]> => {
    const { items } = await cluster.api.must<{ items: Secret[] }>('GET', '/api/v1/secrets');
    return items;
  };
  const idOf = ({ metadata }: Secret): string => `${metadata.namespace}/${metadata.name}`;

  /** Runs what the Job in the cluster says, as its ServiceAccount. */
  async function run(onStart: (job: ChildProcess) => void = () => undefined) {
    const job = platform.objects.find(({ kind, metadata }) => kind === 'Job' && metadata.namespace === namespace);
    const pod = job && podTemplateOf(job);
    const [container] = pod?.spec.containers ?? [];
    if (pod === undefined || container === undefined) throw new Error('the platform has no credentials Job');
    const account = await mountAccount(pod);
    const [program = '', ...args] = await mountConfig(pod, container);
    expect(program).toBe('node');
    const child = spawn(process.execPath, args, {
      cwd: '/',
      env: {
        ...Object.fromEntries((container.env ?? []).map(({ name, value = '' }) => [name, value])),
        KUBERNETES_SERVICE_HOST: cluster.host,
        KUBERNETES_SERVICE_PORT: `${cluster.port}`,
        CREDENTIALS_ACCOUNT: account,
      },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    onStart(child);
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, output };
  }

  /** The command, with the ConfigMaps of the pod where it looks for them. */
  async function mountConfig(
    { spec }: PodTemplate,
    { command = [], args = [], ...rest }: Container,
  ): Promise<string[]> {
    const mounts = rest.volumeMounts as { name: string; mountPath: string }[];
    let words = [...command, ...args];
    for (const { name, mountPath } of mounts) {
      const folder = cluster.path(`mount-${name}`);
      mkdirSync(folder, { recursive: true });
      for (const source of spec.volumes?.find((volume) => volume.name === name)?.projected?.sources ?? []) {
        const path = `/api/v1/namespaces/${namespace}/configmaps/${source.configMap?.name ?? ''}`;
        const { data } = await cluster.api.must<{ data: Record<string, string> }>('GET', path);
        for (const [file, text] of Object.entries(data)) writeFileSync(join(folder, file), text);
      }
      words = words.map((word) => word.replace(`${mountPath}/`, `${folder}/`));
    }
    return words;
  }

  async function mountAccount({ spec }: PodTemplate): Promise<string> {
    const folder = cluster.path('account');
    mkdirSync(folder, { recursive: true });
    const { code, stdout } = await cluster.kubectl([
      'config',
      'view',
      '--raw',
      '--flatten',
      '-o',
      'jsonpath={.clusters[0].cluster.certificate-authority-data}',
    ]);
    expect(code).toBe(0);
    writeFileSync(join(folder, 'ca.crt'), Buffer.from(stdout, 'base64'));
    writeFileSync(join(folder, 'token'), await cluster.serviceAccountToken(namespace, spec.serviceAccountName ?? ''));
    return folder;
  }

  /** Every Secret is there with every key, and what is shared is the same on both sides. */
  async function expectComplete(): Promise<void> {
    const made = new Map((await secrets()).map((secret) => [idOf(secret), secret.data]));
    const valueOf = (id: string, key: string): string => Buffer.from(made.get(id)?.[key] ?? '', 'base64').toString();
    expect([...made.keys()].sort()).toEqual(platform.secrets.map(secretName).sort());
    for (const spec of platform.secrets) {
      expect(Object.keys(made.get(secretName(spec)) ?? {}).sort()).toEqual(Object.keys(spec.keys).sort());
      for (const [key, rule] of Object.entries(spec.keys)) {
        const value = valueOf(secretName(spec), key);
        expect(value).not.toBe('');
        for (const source of sourcesOf(rule)) {
          const shared = valueOf(secretName(source), source.key);
          if (!('jwt' in rule)) expect(value).toContain(shared);
          else if (source === rule.signedWith) expect(isSignedBy(shared, value)).toBe(true);
          else expect(Buffer.from(value.split('.')[1] ?? '', 'base64url').toString()).toContain(shared);
        }
      }
    }
  }

  test('makes every Secret, shares what is shared, and is refused nothing', async () => {
    const before = cluster.requests().length;
    const { code, output } = await run();
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringContaining(`${platform.secrets.length} created`),
    });
    await expectComplete();
    const values = (await secrets()).flatMap(({ data }) =>
      Object.values(data).map((value) => Buffer.from(value, 'base64').toString()),
    );
    const random = values.filter((value) => /^[A-Za-z0-9]{16,}$/.test(value));
    expect(random.length).toBeGreaterThan(0);
    expect(random.filter((value) => output.includes(value))).toEqual([]);
    const own = cluster
      .requests()
      .slice(before)
      .filter((request) => request.user === user);
    expect(own.filter(({ code: status }) => status !== 404 && status >= 400)).toEqual([]);
    expect([...new Set(own.map(({ verb }) => verb))].sort()).toEqual(['create', 'get']);
  });

  test('changes nothing when it runs again', async () => {
    await run();
    const before = await secrets();
    const { code, output } = await run();
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('0 created, 0 completed') });
    expect(await secrets()).toEqual(before);
  });

  test('gives the same Secrets to two that run at once', async () => {
    const results = await Promise.all([run(), run()]);
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    await expectComplete();
  });

  test('completes what a killed one has begun, and keeps it', async () => {
    const { code } = await run((job) => job.stdout?.once('data', () => job.kill('SIGKILL')));
    const begun = await secrets();
    expect(code).toBeNull();
    expect(begun.length).toBeGreaterThan(0);
    expect(begun.length).toBeLessThan(platform.secrets.length);
    expect((await run()).code).toBe(0);
    expect(await secrets()).toEqual(expect.arrayContaining(begun));
    await expectComplete();
  });

  test('goes on when the API server is killed meanwhile, which refuses everything as long as it has read no Roles', async () => {
    let back: Promise<void> | undefined;
    const { code, output } = await run((job) => {
      job.stdout?.once('data', () => {
        back = cluster.restartApiServer();
      });
    });
    await back;
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('trying again') });
    await expectComplete();
  });
});

/** RFC 7515, HS512. */
function isSignedBy(key: string, token: string): boolean {
  const [header = '', claims = '', signature] = token.split('.');
  return createHmac('sha512', key).update(`${header}.${claims}`).digest('base64url') === signature;
}
