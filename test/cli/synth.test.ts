import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../lib/project';
import { filesIn, nodeArguments, run, runCommand, writeConfig, type Outcome } from '../support/cli';
import { inProcess } from '../support/in-process';
import { temporaryFolder } from '../support/temporary';

const folder = temporaryFolder();
const good = writeConfig(join(folder, 'good.json'));
const dist = join(folder, 'dist');

/** A config that is a module is loaded by Node.js, which Jest would do in its place. */
const synth = (args: readonly string[]): Promise<Outcome> =>
  args.some((arg) => /\.[cm]?[jt]s$/.test(arg)) ? runCommand('synth', args) : inProcess('synth', args);

beforeAll(async () => {
  const { code, stderr } = await synth(['--config', good, '--out', dist]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('outside a terminal it says one line', async () => {
  const out = join(folder, 'one-line');
  const synth = (): Promise<Outcome> => runCommand('synth', ['--config', good, '--out', out]);
  const first = await synth();
  expect(first).toEqual({ code: 0, stderr: '', stdout: expect.stringMatching(/^\S+: \d+ objects in \d+ files\n$/) });
  const { mtimeMs } = statSync(out);
  const second = await synth();
  expect(second.stdout).toBe(first.stdout.replace('\n', ', unchanged\n'));
  expect(statSync(out).mtimeMs).toBe(mtimeMs);
});

describe('a failure is a message, exit code 1, and an output that is left alone:', () => {
  const fails = async (args: string[]): Promise<string> => {
    const before = { files: filesIn(dist), mtimeMs: statSync(dist).mtimeMs };
    const { code, stdout, stderr } = await synth([...args, '--out', dist]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect({ files: filesIn(dist), mtimeMs: statSync(dist).mtimeMs }).toEqual(before);
    expect(stderr).not.toMatch(/^ +at .*\d+:\d+/m);
    return stderr;
  };

  const config = (name: string, text: string): string => {
    const path = join(folder, name.includes('.') ? name : `${name}.ts`);
    writeFileSync(path, text);
    return path;
  };

  test('every problem of the config', async () => {
    const path = writeConfig(join(folder, 'wrong.json'), { services: { kafak: false }, models: [{ name: 'A' }] });
    const message = await fails(['--config', path]);
    expect(message).toMatch(/^The config has \d problems:\n/);
    expect(message).toMatch(/^ {2}services\.kafak.* — unknown key \(did you mean kafka\?\)$/m);
    expect(message).toMatch(/^ {2}models\[0\]\.name.*"A"/m);
    expect(message).toMatch(/Nothing was written\.\n$/);
  });

  test('of which one that was left without its name by a killed run gets it back', async () => {
    const before = filesIn(dist);
    renameSync(dist, join(folder, '.dist.old'));
    const { code } = await synth(['--config', join(folder, 'absent.json'), '--out', dist]);
    expect(code).toBe(1);
    expect(filesIn(dist)).toEqual(before);
  });

  test('no such config', async () => {
    const path = join(folder, 'absent.json');
    expect(await fails(['--config', path])).toBe(
      `${path}: no such file (give another one with --config)\nNothing was written.\n`,
    );
  });

  test('a folder for a config', async () => {
    expect(await fails(['--config', folder])).toBe(
      `${folder}: is a folder, not a file (give another one with --config)\nNothing was written.\n`,
    );
  });

  test('a config that throws', async () => {
    const path = config('throws', '\n\nthrow new Error("no such stage");\n');
    expect(await fails(['--config', path])).toBe(
      `${path}: cannot be loaded: no such stage (line 3)\nNothing was written.\n`,
    );
  });

  test('a config in a format that is not read', async () => {
    for (const name of ['config.toml', 'config.tsx']) {
      const path = config(name, 'export default {};');
      expect(await fails(['--config', path])).toBe(
        `${path}: the name of a config must end in .ts, .mts, .cts, .js, .mjs, .cjs, .yaml, .yml or .json (rename it, if it is one of them)\nNothing was written.\n`,
      );
    }
  });

  test('an option that there is not', async () => {
    expect(await fails(['--confg', good])).toMatch(/^Unknown option '--confg'.*\n\nUsage: npm run synth/);
    expect(await fails(['extra'])).toMatch(/^Unexpected argument 'extra'.*\n\nUsage: npm run synth/);
  });
});

test('a folder with files of somebody else is refused', async () => {
  const out = join(folder, 'documents');
  mkdirSync(out);
  writeFileSync(join(out, 'thesis.txt'), 'years of work');
  const { code, stderr } = await synth(['--config', good, '--out', out]);
  expect(code).toBe(1);
  expect(stderr).toContain('(thesis.txt)');
  expect(filesIn(out)).toEqual({ 'thesis.txt': 'years of work' });
});

test('files of your own beside the manifests stay, and are named in one line', async () => {
  const out = join(folder, 'shared');
  await synth(['--config', good, '--out', out]);
  writeFileSync(join(out, '50-mine.yaml'), 'kind: ConfigMap\n');
  writeFileSync(join(out, '00-namespaces.yaml'), '');
  const { code, stdout, stderr } = await synth(['--config', good, '--out', out]);
  expect({ code, stderr }).toEqual({
    ...{ code: 0, stderr: `${out}: left alone, because no synthesis has written it: 50-mine.yaml\n` },
  });
  expect(stdout).not.toContain('unchanged');
  expect(readFileSync(join(out, '50-mine.yaml'), 'utf8')).toBe('kind: ConfigMap\n');
});

test('a file is no folder for manifests', async () => {
  const out = join(folder, 'letter');
  writeFileSync(out, 'Dear Sir');
  const { code, stderr } = await synth(['--config', good, '--out', out]);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `${out}: is a file, not a folder. Nothing was written.\nGive a folder with --out.\n`,
  });
  const below = await synth(['--config', good, '--out', join(out, 'dist')]);
  expect(below.stderr).toMatch(/letter\/dist: cannot be written: E.*Nothing was written\.\n$/);
  expect(readFileSync(out, 'utf8')).toBe('Dear Sir');
});

test('--json says what was made, and nothing else', async () => {
  const out = join(folder, 'json');
  const { code, stdout, stderr } = await synth(['--config', good, '--out', out, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const report = JSON.parse(stdout);
  const files = filesIn(out);
  expect(report).toMatchObject({ out, changed: true, expectedSecrets: [] });
  expect(report.files.map(({ name, bytes }: { name: string; bytes: number }) => [name, bytes])).toEqual(
    Object.entries(files).map(([name, text]) => [name, Buffer.byteLength(text)]),
  );
  for (const { name, objects } of report.files) {
    const kinds = (files[name] ?? '').match(/^kind: .*$/gm) ?? [];
    const counted = Object.entries(objects as Record<string, number>).flatMap(([kind, count]) =>
      Array.from({ length: count }, () => `kind: ${kind}`),
    );
    expect(counted.sort()).toEqual([...kinds].sort());
  }
  expect(report.demands.total.cpu).toBeGreaterThan(0);
  expect(report.addresses).toEqual([]);
  const command = 'kubectl -n mlops-mlflow port-forward service/mlflow-tracking-server 5000';
  expect(report.portForwards).toContainEqual({ service: 'MLflow', command });
  const again = await synth(['--config', good, '--out', out, '--json']);
  expect(JSON.parse(again.stdout)).toEqual({ ...report, changed: false });
});

test('a service that is open without a login is named at every synthesis', async () => {
  const expose = { type: 'nodePort', withoutLogin: true };
  const services = { mlflow: { expose }, kafka: { expose }, prefect: { expose: { type: 'nodePort' } } };
  const path = writeConfig(join(folder, 'open.json'), { services });
  const args = ['--config', path, '--out', join(folder, 'open')];
  const warning =
    'Open without a login: Kafka, MLflow. Whoever reaches the address can read and change all that it has.';
  expect((await synth(args)).stderr).toBe(`${warning}\n`);
  const { stdout, stderr } = await synth([...args, '--json']);
  expect(stderr).toBe(`${warning}\n`);
  expect(JSON.parse(stdout).addresses).toEqual(
    expect.arrayContaining([
      { service: 'MLflow', url: 'http://192.0.2.10:30500/', withoutLogin: true },
      { service: 'Prefect', url: 'http://192.0.2.10:30420/', withoutLogin: false },
    ]),
  );
});

test('with secrets of your own it lists what each must hold, and installs nothing that makes them', async () => {
  const path = writeConfig(join(folder, 'existing.json'), { secrets: { mode: 'existing' } });
  const out = join(folder, 'existing');
  const { stdout } = await synth(['--config', path, '--out', out, '--json']);
  const { expectedSecrets } = JSON.parse(stdout) as {
    expectedSecrets: { namespace: string; name: string; keys: Record<string, string> }[];
  };
  expect(expectedSecrets.length).toBeGreaterThan(3);
  expect((await synth(['--config', path, '--out', out])).stdout).toContain(
    'AWS_SECRET_ACCESS_KEY  the same as mlflow of mlops-minio/minio-users',
  );
  for (const { namespace, name, keys } of expectedSecrets) {
    expect(namespace).toMatch(/^mlops-/);
    expect(Object.keys(keys).length).toBeGreaterThan(0);
    expect(Object.keys(keys)).toEqual(Object.keys(keys).sort());
    // Flow runs, which no manifest makes, use this one.
    if (name !== 'prefect-storage') expect(Object.values(filesIn(out)).join('\n')).toContain(name);
  }
  expect(Object.keys(filesIn(out))).not.toContain('20-credentials.yaml');
});

test('--help prints the options and makes nothing', async () => {
  const out = join(folder, 'help');
  const { code, stdout, stderr } = await synth(['--help', '--out', out]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const option of ['--config', '--out', '--json', '--help']) expect(stdout).toContain(option);
  expect(existsSync(out)).toBe(false);
});

test('paths are those of the folder in which it is started', async () => {
  const { code } = await runCommand('synth', ['--config', 'good.json', '--out', 'relative/dist'], {
    cwd: folder,
  });
  expect(code).toBe(0);
  expect(filesIn(join(folder, 'relative/dist'))).toEqual(filesIn(dist));
});

// `script` of util-linux runs a command in a terminal.
const inTerminal = spawnSync('script', ['--version']).status === 0 ? test : test.skip;

const terminal = (args: readonly string[], env: Record<string, string> = {}) => {
  const command = [process.execPath, ...nodeArguments('synth', args)].join(' ');
  return run('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd: projectRoot,
    env: { TERM: 'xterm', NO_COLOR: undefined, ...env },
  });
};

const color = /\u001b\[/;

inTerminal('in a terminal it shows each step, the files, and what to do next', async () => {
  const out = join(folder, 'terminal');
  const { code, stdout } = await terminal(['--config', good, '--out', out]);
  expect(code).toBe(0);
  expect(stdout).toMatch(color);

  const text = stdout.replace(/\u001b\[\d+m/g, '').replaceAll('\r', '');
  for (const step of ['config', 'render', 'check', 'write']) expect(text).toMatch(new RegExp(`^✓ ${step}\\b`, 'm'));
  for (const name of Object.keys(filesIn(out))) expect(text).toMatch(new RegExp(`^ {2}${name} +[\\d.]+ kB `, 'm'));
  expect(text).toMatch(/^ {2}Asks for [\d.]+ CPU/m);
  expect(text).toMatch(/^ {2}MLflow +kubectl -n mlops-mlflow port-forward service\/mlflow-tracking-server 5000$/m);
  expect(text).toContain(`Next: npm run deploy -- --out ${out}`);
});

inTerminal('NO_COLOR is respected', async () => {
  const { code, stdout } = await terminal(['--config', good, '--out', join(folder, 'terminal')], { NO_COLOR: '1' });
  expect(code).toBe(0);
  expect(stdout).toContain('✓ write   ');
  expect(stdout).not.toMatch(color);
});

inTerminal('with secrets of your own the terminal shows them', async () => {
  const path = writeConfig(join(folder, 'existing-terminal.json'), { secrets: { mode: 'existing' } });
  const { stdout } = await terminal(['--config', path, '--out', join(folder, 'existing')], { NO_COLOR: '1' });
  expect(stdout).toContain('Secrets that you provide:');
  expect(stdout).toMatch(/^ {2}mlops-\S+\/\S+\s*$/m);
});

test('an error in the log of a CI is not coloured', async () => {
  const path = writeConfig(join(folder, 'ci.json'), { name: 'A' });
  const { code, stdout, stderr } = await runCommand('synth', ['--config', path], {
    env: { CI: 'true', NO_COLOR: undefined },
  });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^The config has 1 problem:\n/);
});

inTerminal('an error is coloured on a terminal, and not in a file', async () => {
  const log = join(folder, 'error.log');
  const path = writeConfig(join(folder, 'uncoloured.json'), { name: 'A' });
  expect((await terminal(['--config', path])).stdout).toMatch(color);
  await terminal(['--config', path, '2>', log]);
  expect(readFileSync(log, 'utf8')).toMatch(/^The config has 1 problem:\n/);
});
