import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { originalCharts } from '../../../charts/catalog';
import { importCharts } from '../../../lib/helm/archives/import';
import { projectStore } from '../../../lib/helm/archive-store';
import { copyProject, filesIn, synth, writeConfig } from '../../support/cli';
import { describeWithOriginals } from '../../support/original-charts';
import { temporaryFolder } from '../../support/temporary';

const folder = temporaryFolder();
const root = join(folder, 'checkout');
const archives = join(folder, 'archives');

const zones = ['UTC', 'Pacific/Kiritimati', 'America/St_Johns', 'Asia/Kathmandu', ':/nowhere'];
const languages = ['C', 'tr_TR.UTF-8', 'de_DE.UTF-8', 'ar_EG.UTF-8'];

/** Another user on another machine, for each number. */
function somebody(number: number) {
  const home = join(folder, `home of ${number}`);
  mkdirSync(home, { recursive: true });
  const kubeconfig = join(home, 'kubeconfig');
  const context = `contexts: [{name: x, context: {namespace: space-${number}, cluster: x, user: x}}]`;
  writeFileSync(kubeconfig, `apiVersion: v1\nkind: Config\ncurrent-context: x\n${context}\n`);
  const language = languages[number % languages.length];
  return {
    root,
    cwd: home,
    env: {
      ...{ MLOPS_CHARTS: archives, HOME: home, KUBECONFIG: kubeconfig, XDG_CACHE_HOME: home },
      ...{ TZ: zones[number % zones.length], LANG: language, LC_ALL: language, USER: `user-${number}` },
      ...{ HELM_NAMESPACE: `space-${number}`, HELM_KUBECONTEXT: 'nowhere' },
    },
  };
}

describeWithOriginals('the original charts give the same bytes to everyone', () => {
  beforeAll(async () => {
    copyProject(root);
    const store = { folder: archives, lockFile: join(root, 'charts.lock.json') };
    await importCharts(projectStore().folder, originalCharts, store);
  });

  test('in twenty runs with nothing rendered before, by other users in other places', async () => {
    const config = writeConfig(join(folder, 'config.ts'), {
      charts: 'upstream',
      cluster: { externalHost: '192.0.2.10', nfs: { server: '192.0.2.20', path: '/srv/volumes' } },
      services: { istio: { egressGateway: true } },
      models: [
        {
          name: 'creditcard',
          server: 'mlflow',
          uri: 's3://models/creditcard/1',
          drift: { registeredModel: { name: 'creditcard', version: 1 } },
        },
      ],
    });
    const outputs: Record<string, string>[] = [];
    for (let run = 0; run < 20; run += 1) {
      for (const name of ['helm', 'yaml']) {
        rmSync(join(root, 'node_modules/.cache/mlops-infra', name), { recursive: true, force: true });
      }
      const out = join(folder, `output of ${run}`, 'dist');
      const { code, stderr } = await synth(['--config', config, '--out', out], somebody(run));
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      outputs.push(filesIn(out));
    }
    expect(Object.keys(outputs[0] ?? {}).length).toBeGreaterThan(15);
    for (const output of outputs) expect(output).toEqual(outputs[0]);
  }, 600_000);
});
