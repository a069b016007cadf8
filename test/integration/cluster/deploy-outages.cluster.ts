import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { ControlPlane } from './control-plane';
import { Small, startDeploy } from './small-platform';
import { newestVersion } from './tools';
import { eventually } from './workspace';

describe('a deploy whose cluster fails', () => {
  let cluster: ControlPlane;
  const small = (name: string): Small => new Small(cluster, name);
  const someApplied = ({ name }: Small): Promise<void> =>
    eventually('some are applied', async () => {
      const path = `/api/v1/namespaces/${name}/configmaps`;
      return (await cluster.api.must<{ items: object[] }>('GET', path)).items.length > 20;
    });

  beforeAll(async () => {
    cluster = await ControlPlane.start({ version: newestVersion });
  });
  afterAll(() => cluster.stop());

  test('no cluster at the address: fails at once, and names the address', async () => {
    const kubeconfig = cluster.path('nobody.kubeconfig');
    const clusters = [{ name: 'nobody', cluster: { server: 'https://127.0.0.1:1' } }];
    const contexts = [{ name: 'nobody', context: { cluster: 'nobody', user: 'nobody' } }];
    const users = [{ name: 'nobody', user: { token: 'none' } }];
    writeFileSync(
      kubeconfig,
      JSON.stringify({ apiVersion: 'v1', kind: 'Config', clusters, contexts, users, 'current-context': 'nobody' }),
    );
    const platform = small('nowhere').write({});
    const { code, text } = await startDeploy(kubeconfig, ['--out', cluster.path('dist-nowhere')]).end;
    expect(code).toBe(1);
    expect(text).toContain('No cluster answers for context nobody, https://127.0.0.1:1');
    const wrong = await platform.deploy('--context', 'other');
    expect(wrong.code).toBe(1);
    expect(wrong.text).toContain('There is no context "other"');
    expect(wrong.text).toContain('Give --context with one of: test.');
  });

  test('the API server is killed halfway: goes on when it is back', async () => {
    const many = Array.from({ length: 300 }, (_, index) => small('killed').configMap(`part-${index}`));
    const platform = small('killed').write({ '10-parts.yaml': many });
    const running = platform.start('--timeout', '90s');
    await someApplied(platform);
    await cluster.killApiServer();
    await eventually('the deploy has noticed', () => running.text().includes('the API server cannot be reached'));
    await cluster.startApiServer();
    const { code, text } = await running.end;
    expect(text).toMatch(/10-parts\.yaml {2}.*created/);
    expect(code).toBe(0);
    expect(await platform.names('configmaps')).toHaveLength(300);
  });

  test('the API server does not come back: reported at the timeout, and a rerun finishes', async () => {
    const platform = small('gone').write({ '10-parts.yaml': [small('gone').configMap('part')] });
    await platform.deploy('--only', 'namespaces');
    const many = Array.from({ length: 300 }, (_, index) => platform.configMap(`part-${index}`));
    const running = platform.write({ '10-parts.yaml': many }).start('--timeout', '15s');
    await someApplied(platform);
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

  test('etcd hangs: reported at the timeout, and a rerun finishes', async () => {
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
});
