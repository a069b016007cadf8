import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../lib/project';
import { imagePins } from '../../charts/versions';
import { temporaryFolder } from '../support/temporary';

const folder = temporaryFolder();
const example = (file: string): string => readFileSync(join(projectRoot, 'examples/creditcard', file), 'utf8');

test('the config is accepted by the command that the README names', () => {
  const out = join(folder, 'dist');
  const [, config = ''] = /npm run synth -- --config (\S+)/.exec(example('README.md')) ?? [];
  execFileSync(process.execPath, ['--require', 'tsx/cjs', 'cli/fast.cjs', '--config', config, '--out', out], {
    cwd: projectRoot,
  });
  const settings = readFileSync(join(out, '60-retraining.yaml'), 'utf8');
  expect(settings).toContain('"deployment": "train-creditcard/production"');
});

test('names in the config are those of the Python code', () => {
  const config = example('config.ts');
  const [, flow = ''] = /@flow\(name="([^"]+)"\)/.exec(example('creditcard/flow.py')) ?? [];
  const [, label = ''] = /LABEL = "([^"]+)"/.exec(example('creditcard/transactions.py')) ?? [];
  expect(config).toContain(`deployment: '${flow}/production'`);
  expect(config).toContain(`dropColumns: ['${label}']`);
});

test('the flow is locked to the versions of the servers that it talks to', () => {
  const lock = example('requirements.lock');
  expect(lock).toContain(`\nmlflow==${imagePins.mlflow.tag} `);
  expect(lock).toContain(`\nprefect==${imagePins.prefect.tag.replace(/-.*/, '')} `);
  const pinned = lock.match(/^[a-z0-9.-]+==/gm) ?? [];
  expect(pinned.length).toBeGreaterThan(100);
  expect(
    lock.split(/^(?=[a-z0-9.-]+==)/m).filter((entry) => entry.includes('==') && !entry.includes('--hash=')),
  ).toEqual([]);
});
