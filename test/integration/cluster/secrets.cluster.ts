import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../../charts/config';
import { projectRoot } from '../../../lib/project';
import { order } from '../../../programs/credentials/specs';
import { type Data, materialize, nameOf } from '../../../programs/credentials/values';
import { nodeArguments } from '../../support/cli';
import { ControlPlane } from './control-plane';
import { FakeKubelet } from './fake-kubelet';
import { type Platform, synthesizeTo } from './platform';
import type { Result } from './small-platform';
import { newestVersion } from './tools';

const config: Config = {
  cluster: { externalHost: '192.0.2.10' },
  size: { profile: 'laptop' },
  models: [{ name: 'creditcard', server: 'mlflow', uri: 's3://models/creditcard/1' }],
};

const database = 'mlops-mlflow/postgresql-mlflow';
const login = 'mlops-mlflow/mlflow-secret';
const users = 'mlops-minio/minio-users';

interface Secret {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly data: Readonly<Record<string, string>>;
}

describe('npm run secrets', () => {
  let cluster: ControlPlane;
  let platform: Platform;
  let kubelet: FakeKubelet | undefined;
  const printed: string[] = [];
  const held = new Set<string>();

  beforeAll(async () => {
    cluster = await ControlPlane.start({ version: newestVersion, users: { alice: ['data-scientists'] } });
    platform = await synthesizeTo(cluster.path('dist'), config);
    writeFileSync(cluster.path('config.json'), JSON.stringify(config));
    for (const file of ['00-namespaces', '40-minio', '40-postgresql', '50-mlflow', '60-postgresql-exporter']) {
      const path = join(platform.folder, `${file}.yaml`);
      const { code, stderr } = await cluster.kubectl(['apply', '--server-side', '-f', path]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }
    await makeSecrets();
    kubelet = await FakeKubelet.start(cluster.kubeconfig);
  });
  afterAll(async () => {
    await kubelet?.stop();
    await cluster.stop();
    // Whatever was ever a value of a Secret.
    expect([...held].filter((value) => printed.join('\n').includes(value))).toEqual([]);
  });
  afterEach(async () => {
    for (const id of [database, login, users]) await valuesOf(id);
  });

  const pathOf = (id: string): string => {
    const [namespace = '', name = ''] = id.split('/');
    return `/api/v1/namespaces/${namespace}/secrets/${name}`;
  };

  /** As the Job makes them. */
  async function makeSecrets(): Promise<void> {
    const made = new Map<string, Data>();
    for (const spec of order(platform.secrets)) {
      const data = materialize(spec, new Map(), ({ key, ...source }) => made.get(nameOf(source))?.get(key) as Buffer);
      made.set(nameOf(spec), data);
      const { namespace, name } = spec;
      const encoded = Object.fromEntries([...data].map(([key, value]) => [key, value.toString('base64')]));
      const body = { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name }, data: encoded };
      await cluster.api.send('POST', `/api/v1/namespaces/${namespace}/secrets`, { body });
    }
  }

  const annotationsOf = async (id: string): Promise<Readonly<Record<string, string>>> =>
    (await cluster.api.must<Secret>('GET', pathOf(id))).metadata.annotations ?? {};

  async function valuesOf(id: string): Promise<Record<string, string>> {
    const { data } = await cluster.api.must<Secret>('GET', pathOf(id));
    const values = Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()] as const);
    for (const [key, value] of values) if (/password|-access-key|^AWS_(ACCESS|SECRET)/.test(key)) held.add(value);
    return Object.fromEntries(values);
  }

  function start(args: readonly string[], onText: (text: string, child: ChildProcess) => void = () => undefined) {
    const all = ['--config', cluster.path('config.json'), ...args];
    const child = spawn(process.execPath, nodeArguments('secrets', all), {
      cwd: projectRoot,
      env: { ...process.env, NO_COLOR: '1', KUBECONFIG: undefined },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        onText(text, child);
      });
    return new Promise<Result>((resolve, reject) => {
      child.on('error', reject).on('close', (code) => {
        printed.push(text);
        resolve({ code, text });
      });
    });
  }
  const secrets = (...args: string[]): Promise<Result> => start(['--kubeconfig', cluster.kubeconfig, ...args]);

  /** What was changed since then, but the lock. */
  const changesSince = (before: number): string[] =>
    cluster
      .requests()
      .slice(before)
      .filter(({ verb, uri, user }) => !['get', 'list', 'watch'].includes(verb) && user !== 'kubelet' && isStep(uri))
      .map(
        ({ verb, uri }) =>
          `${verb} ${uri
            .replace(/\?.*/, '')
            .split('/')
            .slice(-2)
            .join('/')
            .replace(/-[0-9a-f]{8}/, '')}`,
      );
  const isStep = (uri: string): boolean =>
    /\/(secrets|statefulsets|deployments|jobs)\//.test(uri) && !/\/status(\?|$)/.test(uri);

  test('rotates a password: first in the Secrets, then in the server, then in its clients', async () => {
    const [before, loginBefore] = [await valuesOf(database), await valuesOf(login)];
    const begun = cluster.requests().length;
    const { code, text } = await secrets('rotate', 'postgresql-mlflow', '--yes');
    expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining(`${database} is rotated`) });
    expect(text).toContain('restart StatefulSet/mlops-mlflow/postgresql-mlflow, which is away meanwhile');
    expect(text).toContain('until all of them have restarted, who still has the old one is refused');
    expect(changesSince(begun)).toEqual([
      'patch secrets/postgresql-mlflow',
      'patch secrets/mlflow-secret',
      'patch statefulsets/postgresql-mlflow',
      'patch deployments/mlflow-tracking-server',
      'patch deployments/postgresql-exporter',
      'patch secrets/postgresql-mlflow',
    ]);
    const [after, loginAfter] = [await valuesOf(database), await valuesOf(login)];
    expect(after.username).toBe(before.username);
    for (const key of ['password', 'postgres-password']) expect(after[key]).not.toBe(before[key]);
    expect(loginAfter).toEqual({
      ...loginBefore,
      MLFLOW_BACKEND_STORE_URI: loginBefore.MLFLOW_BACKEND_STORE_URI?.replace(
        before.password ?? '',
        after.password ?? '',
      ),
    });
    expect(await annotationsOf(database)).toEqual({ 'mlops-infra/rotated': expect.stringMatching(/^20.*Z$/) });
  });

  test('goes on where it was killed, with the same values, and is then complete', async () => {
    const before = await valuesOf(database);
    const killed = await start(['--kubeconfig', cluster.kubeconfig, 'rotate', database, '--yes'], (text, child) => {
      if (text.includes(`✓ ${database}: `)) child.kill('SIGKILL');
    });
    expect(killed.code).toBeNull();
    const begun = await valuesOf(database);
    expect(begun.password).not.toBe(before.password);
    expect(await annotationsOf(database)).toHaveProperty('mlops-infra/rotating');
    expect((await secrets('list')).text).toMatch(/a rotation began at 20\S+: run it again to complete it/);

    const { code, text } = await secrets('rotate', database, '--yes');
    expect({ code, text }).toEqual({
      code: 0,
      text: expect.stringContaining('going on with the rotation that began at'),
    });
    expect(await valuesOf(database)).toEqual(begun);
    expect((await valuesOf(login)).MLFLOW_BACKEND_STORE_URI).toContain(begun.password);
    expect(await annotationsOf(database)).not.toHaveProperty('mlops-infra/rotating');
  });

  test('lets old and new keys be valid together where the server allows it, and only then ends the old ones', async () => {
    const [before, loginBefore] = [await valuesOf(users), await valuesOf(login)];
    const begun = cluster.requests().length;
    const { code, text } = await secrets('rotate', 'minio-users', '--yes');
    expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining(`${users} is rotated`) });
    const copies = platform.secrets.filter(({ keys }) => JSON.stringify(keys).includes('"minio-users"'));
    expect(changesSince(begun)).toEqual([
      'patch secrets/minio-users',
      ...copies.map(() => expect.stringMatching(/^patch secrets\//)),
      'patch jobs/minio-post-job-both',
      'delete jobs/minio-post-job-both',
      'patch deployments/mlflow-tracking-server',
      'delete jobs/minio-post-job',
      'patch jobs/minio-post-job',
      'patch secrets/minio-users',
    ]);
    const [after, loginAfter] = [await valuesOf(users), await valuesOf(login)];
    expect(Object.entries(after).filter(([key, value]) => value === before[key])).toEqual([]);
    expect(loginAfter).toEqual({
      ...loginBefore,
      AWS_ACCESS_KEY_ID: after['mlflow-access-key'],
      AWS_SECRET_ACCESS_KEY: after.mlflow,
    });
    // The Job is as in the manifests again.
    const { code: differs, stdout } = await cluster.kubectl([
      ...['diff', '--server-side', '-f', join(platform.folder, '40-minio.yaml')],
    ]);
    expect({ differs, stdout }).toEqual({ differs: 0, stdout: '' });
  });

  test('lists every Secret with its age, and who uses it', async () => {
    const { code, text } = await secrets('list');
    expect(code).toBe(0);
    for (const spec of platform.secrets) expect(text).toContain(`${nameOf(spec)}  values of today`);
    expect(text).not.toContain('began at');
    await cluster.api.must('DELETE', pathOf('mlops-prefect/prefect-login'));
    expect((await secrets('list')).text).toContain('mlops-prefect/prefect-login  not in the cluster');
  });

  test('says what is missing or not allowed, and changes nothing', async () => {
    const before = await valuesOf(database);
    expect(await secrets('rotate', 'prefect-login', '--yes')).toEqual({
      code: 1,
      text: expect.stringContaining(
        'Secret mlops-prefect/prefect-login: cannot get it: it is not there (npm run deploy makes it)',
      ),
    });
    const asAlice = ['--kubeconfig', cluster.userKubeconfig('alice'), 'rotate', database, '--yes'];
    expect((await start(asAlice)).code).toBe(1);
    expect(await secrets('rotate', database)).toEqual({
      code: 1,
      text: expect.stringContaining('there is no terminal to answer on (look with --dry-run, then add --yes)'),
    });
    expect((await secrets('rotate', database, '--dry-run')).code).toBe(0);
    expect(await valuesOf(database)).toEqual(before);
  });

  test('changes nothing in a cluster that has other manifests', async () => {
    const before = await valuesOf(users);
    await cluster.kubectl(['delete', 'jobs', '--all', '-n', 'mlops-minio']);
    expect(await secrets('rotate', 'minio-users', '--yes')).toEqual({
      code: 1,
      text: expect.stringMatching(
        /Job\/mlops-minio\/minio-post-job-\w+ is not in the cluster: .* \(run npm run deploy first\)/,
      ),
    });
    expect(await valuesOf(users)).toEqual(before);
  });
});
