import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ControlPlane } from './control-plane';
import { newestVersion } from './tools';
import { eventually, Workspace } from './workspace';

describe('a control plane', () => {
  let cluster: ControlPlane;

  beforeAll(async () => {
    cluster = await ControlPlane.start({ version: newestVersion, users: { alice: ['data-scientists'] } });
  });
  afterAll(() => cluster.stop());

  test('authenticates users and ServiceAccounts by credentials of their own', async () => {
    const refusal = async (kubeconfig: string): Promise<string> =>
      (await cluster.kubectl(['get', 'nodes'], { kubeconfig })).stderr;
    expect(await refusal(cluster.userKubeconfig('alice'))).toContain('User "alice" cannot list');
    await cluster.kubectl(['create', 'serviceaccount', 'robot']);
    const robot = await cluster.serviceAccountKubeconfig('default', 'robot');
    expect(await refusal(robot)).toContain('User "system:serviceaccount:default:robot" cannot list');
  });

  test('enforces RBAC, and records what it has refused', async () => {
    const kubeconfig = cluster.userKubeconfig('alice');
    const { code, stderr } = await cluster.kubectl(['get', 'secrets'], { kubeconfig });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('User "alice" cannot list') });
    expect(cluster.requests()).toContainEqual({
      user: 'alice',
      verb: 'list',
      uri: '/api/v1/namespaces/default/secrets?limit=500',
      code: 403,
    });
  });

  test('enforces Pod Security', async () => {
    await cluster.kubectl(['create', 'namespace', 'strict']);
    await cluster.kubectl(['label', 'namespace', 'strict', 'pod-security.kubernetes.io/enforce=restricted']);
    await cluster.kubectl(['create', 'serviceaccount', 'default', '--namespace', 'strict']);
    const { stderr } = await cluster.kubectl(['run', 'probe', '--image=example.org/probe:1', '--namespace=strict']);
    expect(stderr).toContain('violates PodSecurity "restricted:latest"');
  });

  test('keeps what it has while the API server is killed and started again', async () => {
    await cluster.kubectl(['create', 'configmap', 'kept', '--from-literal=key=value']);
    await cluster.killApiServer();
    expect((await cluster.kubectl(['get', 'configmap', 'kept'])).stderr).toContain('refused');
    await cluster.startApiServer();
    expect((await cluster.json<{ data: object }>('get', 'configmap', 'kept')).data).toEqual({ key: 'value' });
  });

  test('acts on Deployments once it has controllers', async () => {
    await cluster.startControllers();
    await cluster.kubectl(['create', 'deployment', 'web', '--image=example.org/web:1']);
    const pods = async (): Promise<number> =>
      (await cluster.json<{ items: object[] }>('get', 'pods', '--selector', 'app=web')).items.length;
    await eventually('the Deployment has a Pod', async () => (await pods()) === 1);
    await cluster.kubectl(['delete', 'deployment', 'web']);
    await eventually('the Pod is gone with it', async () => (await pods()) === 0);
  });
});

test('nothing is left of a control plane whose tests were killed', async () => {
  const script = `
    const { Workspace } = require(${JSON.stringify(join(__dirname, 'workspace.ts'))});
    const workspace = new Workspace();
    workspace.start('sleep', 'sleep', ['600']);
    console.log(workspace.folder);
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const folder = await new Promise<string>((resolve) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
  });
  expect(existsSync(folder)).toBe(true);
  child.kill('SIGKILL');
  await eventually('the folder is gone', () => !existsSync(folder), { seconds: 10 });
});

test('a program that nobody has stopped is lost when it ends', async () => {
  const workspace = new Workspace();
  try {
    const stopped = workspace.start('sleep', 'sleep', ['600']);
    const left = workspace.start('true', 'true', []);
    await Promise.all([stopped.stop(), left.ended]);
    expect(workspace.lost.map(({ name }) => name)).toEqual(['true']);
  } finally {
    await workspace.dispose();
  }
});
