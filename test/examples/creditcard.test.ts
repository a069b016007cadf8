import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../lib/project';
import { temporaryFolder } from '../support/temporary';

const folder = temporaryFolder();
const example = (file: string): string => readFileSync(join(projectRoot, 'examples/creditcard', file), 'utf8');

test('the config is accepted by the command that the README names', () => {
  const out = join(folder, 'dist');
  const [, config = ''] = /npm run synth -- --config (\S+)/.exec(example('README.md')) ?? [];
  execFileSync(process.execPath, ['cli/launch.cjs', 'synth', '--config', config, '--out', out], {
    cwd: projectRoot,
  });
  const settings = readFileSync(join(out, '60-retraining.yaml'), 'utf8');
  expect(settings).toContain('"deployment": "train-creditcard/production"');
});

test('the commands of the README work in a shell that does not split variables into words, such as zsh', () => {
  const image = 'REGISTRY/creditcard:0.1.0';
  const commands = example('README.md')
    .slice(0, example('README.md').indexOf('## Versions'))
    .split('\n')
    .filter((line) => line.startsWith('       '))
    .map((line) => line.trim());
  // Each program tells how it was called, an argument in each pair of brackets.
  const told = ['docker', 'npm', 'kubectl'].map((name) => `${name}() { printf '[%s]' ${name} "$@"; echo; }`);
  const output = execFileSync('bash', ['-euc', ["IFS=''", ...told, ...commands].join('\n')], { encoding: 'utf8' });
  const run = [
    'docker',
    'run',
    '--rm',
    ...['PREFECT_API_URL', 'PREFECT_API_AUTH_STRING'].flatMap((name) => ['--env', name]),
    image,
  ];
  const traffic = [...run, 'python', '-m', 'creditcard.traffic', '--url'];
  const url = 'http://NODE:30080/seldon/mlops-models/creditcard';
  const calls = [
    ['docker', 'build', '--tag', image, '.'],
    ['docker', 'push', image],
    [...run, 'python', '-m', 'creditcard.deploy', '--image', image],
    [...run, 'prefect', 'deployment', 'run', 'train-creditcard/production'],
    ['npm', 'run', 'synth', '--', '--config', 'examples/creditcard/config.ts'],
    ['npm', 'run', 'deploy', '--', '--wait', '--timeout', '30m'],
    [...traffic, url, '--rows', '1000'],
    [...traffic, url, '--rows', '1000', '--shift', '1'],
    [...traffic, url, '--rows', '2000', '--feedback'],
    [...traffic, url, '--rows', '2000', '--feedback', '--flip', '0.5'],
  ];
  expect(output.trim().split('\n')).toEqual(calls.map((call) => call.map((word) => `[${word}]`).join('')));
});

test('names in the config are those of the Python code', () => {
  const config = example('config.ts');
  const [, flow = ''] = /@flow\(name="([^"]+)"\)/.exec(example('creditcard/flow.py')) ?? [];
  const [, label = ''] = /LABEL = "([^"]+)"/.exec(example('creditcard/transactions.py')) ?? [];
  expect(config).toContain(`deployment: '${flow}/production'`);
  expect(config).toContain(`dropColumns: ['${label}']`);
});

test("the model's server in test:loop has what the model asks for", () => {
  const [, asked = ''] = /SERVED_WITH = \[([^\]]*)\]/.exec(example('creditcard/training.py')) ?? [];
  const served = readFileSync(join(projectRoot, 'test/integration/loop/tools/served/requirements.in'), 'utf8');
  // And the server, which is not the model's.
  const [, ...libraries] = served.match(/^[\w-]+==.*$/gm) ?? [];
  expect(libraries).toEqual(asked.match(/[\w-]+==[\d.]+/g));
});

test('everything that the flow needs is locked, with hashes', () => {
  const lock = example('requirements.lock');
  const pinned = lock.match(/^[a-z0-9.-]+==/gm) ?? [];
  expect(pinned.length).toBeGreaterThan(100);
  expect(
    lock.split(/^(?=[a-z0-9.-]+==)/m).filter((entry) => entry.includes('==') && !entry.includes('--hash=')),
  ).toEqual([]);
});
