import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../lib/project';
import { nodeArguments, run, runCommand, writeConfig, type Outcome, type RunOptions } from '../support/cli';
import { inProcess } from '../support/in-process';
import { temporaryFolder } from '../support/temporary';

const folder = temporaryFolder();
const config = writeConfig(join(folder, 'config.json'), { services: { kafka: false, drift: false } });

async function prints(args: readonly string[], options?: RunOptions): Promise<string> {
  const { code, stdout, stderr } = await inProcess('images', ['--config', config, ...args], options);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

async function fails(args: readonly string[], options?: RunOptions): Promise<string> {
  const { code, stdout, stderr } = await inProcess('images', ['--config', config, ...args], options);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).not.toMatch(/^ +at .*\d+:\d+/m);
  return stderr;
}

test('the plain list has one image a line, sorted, and nothing of services that are off', async () => {
  const lines = (await prints(['--list'])).trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(20);
  expect(lines).toEqual([...new Set(lines)].sort());
  expect(lines).toContain('docker.io/istio/proxyv2:1.31.4');
  expect(lines.filter((line) => /kafka|drift/.test(line))).toEqual([]);
});

test('JSON says of each image who uses it and what is known of it', async () => {
  const list = JSON.parse(await prints(['--json'])) as { image: string }[];
  expect(list.map(({ image }) => image).join('\n')).toBe((await prints(['--list'])).trimEnd());
  expect(list).toContainEqual({
    image: 'docker.io/pgsty/silo:RELEASE.2026-09-16T00-00-00Z',
    services: ['minio'],
    origin: 'published',
    licence: 'AGPL-3.0-or-later',
    architectures: ['amd64', 'arm64'],
  });
  expect(list).toContainEqual(expect.objectContaining({ origin: 'built', note: 'built by you' }));
});

test('in a pipe the table has each image of a service on one line, without colours', async () => {
  const lines = (await prints([])).split('\n');
  expect(lines.join('')).not.toContain('\u001b');
  expect(lines.find((line) => line.includes('config-reloader'))).toMatch(
    /^ {2}quay\.io\/prometheus-operator\/prometheus-config-reloader:v0\.94\.1 +Apache-2\.0 +amd64 arm64 \+3$/,
  );
  expect(lines).toContain('prometheus');
});

// `script` of util-linux runs a command in a terminal.
const inTerminal = spawnSync('script', ['--version']).status === 0 ? test : test.skip;

inTerminal('in a terminal of 80 columns no line is broken by the terminal', async () => {
  const command = [process.execPath, ...nodeArguments('images', ['--config', config])].join(' ');
  const line = `stty cols 80; ${command}`;
  const { code, stdout } = await run('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
    env: { TERM: 'xterm', NO_COLOR: '1' },
  });
  expect(code).toBe(0);
  const lines = stdout.split('\r\n');
  expect(lines.length).toBeGreaterThan(30);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  // What follows a broken name stands below it, further in.
  expect(stdout).toMatch(
    /^ {2}quay\.io\/prometheus-operator\/ +Apache-2\.0 .*\r\n {4}prometheus-operator:v0\.94\.1\r$/m,
  );
});

test('the mirror script is one for a POSIX shell, and copies each published image once', async () => {
  const bin = join(folder, 'skopeo');
  mkdirSync(bin);
  fake(bin, 'skopeo', 'echo "$@" >> "$LOG"');
  const script = await prints(['--mirror', 'registry.example.org:5000/mlops']);
  const log = join(folder, 'skopeo.log');
  const options = { env: { PATH: `${bin}:${process.env.PATH ?? ''}`, LOG: log } };
  expect((await run('sh', ['-c', script], options)).code).toBe(0);
  const copied = readFileSync(log, 'utf8').trimEnd().split('\n');
  const published = (await prints(['--list'])).split('\n').filter((line) => /^(?!localhost)./.test(line));
  expect(copied).toEqual(
    published.map(
      (image) =>
        `copy --all --preserve-digests docker://${image} ` +
        `docker://registry.example.org:5000/mlops/${image.slice(image.indexOf('/') + 1)}`,
    ),
  );
  fake(bin, 'skopeo', 'exit 7');
  expect((await run('sh', ['-c', script], options)).code).toBe(7);
});

test('with a mirror in the config already, the script is still one from the original registries', async () => {
  const mirrored = writeConfig(join(folder, 'mirrored.json'), { images: { registry: 'old.example.org' } });
  const script = await prints(['--config', mirrored, '--mirror', 'new.example.org']);
  expect(script).toContain('copy quay.io/prometheus/prometheus:v3.13.5 new.example.org/prometheus/prometheus:v3.13.5');
  expect(script).not.toContain('old.example.org');
  expect(await prints(['--config', mirrored, '--list'])).toMatch(/^(old\.example\.org\/\S+\n)+$/);
});

test.each([
  [['--list', '--json'], /^Give one of --list, --json and --mirror\.\n\nUsage: npm run images/],
  [['--mirror', 'https://mirror.example.org'], /^--mirror: "https:\/\/mirror\.example\.org" — must be a registry host/],
  [['--push'], /^--push is for build alone\n\nUsage/],
  [['build', '--json'], /^--json is of no use with build\n\nUsage/],
  [['biuld'], /^biuld: no such command\n\nUsage/],
  [['--lsit'], /^Unknown option '--lsit'.*\n\nUsage/],
  [['--config', '/nowhere/config.ts'], /^\/nowhere\/config\.ts: no such file/],
])('what cannot be meant is refused: %j', async (args, message) => {
  expect(await fails(args)).toMatch(message);
});

test('a config that is wrong is answered with every problem', async () => {
  const wrong = writeConfig(join(folder, 'wrong.json'), { services: { kafak: false }, models: [{ name: 'A' }] });
  const message = await fails(['--config', wrong, '--list']);
  expect(message).toMatch(/^The config has \d problems:\n/);
  expect(message).toMatch(/^ {2}services\.kafak.*kafka/m);
});

/** A program that does what a line of shell says. */
function fake(bin: string, name: string, line: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${line}\n`);
  chmodSync(join(bin, name), 0o755);
}

describe('build', () => {
  const bin = join(folder, 'bin');
  const log = join(folder, 'engine.log');
  const options = { env: { PATH: bin, LOG: log } };

  /** Engines that only write down where they were called, and with what. */
  const install = (...engines: string[]): void => {
    for (const engine of engines) fake(bin, engine, `echo "$PWD: ${engine} $*" >> "$LOG"`);
  };

  beforeEach(() => {
    rmSync(bin, { recursive: true, force: true });
    rmSync(log, { force: true });
    mkdirSync(bin);
  });

  const commands = (): string[] =>
    readFileSync(log, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(`${projectRoot}: `, ''));

  const drift = 'build --tag localhost/mlops-infra/drift-detector:0.1.0 --file programs/drift/Dockerfile .';
  const mlflow = 'build --tag localhost/mlops-infra/mlflow:3.17.2 --file programs/mlflow/Dockerfile programs/mlflow';

  test.each([
    [['docker', 'podman', 'buildah'], [], 'docker'],
    [['podman', 'buildah'], [], 'podman'],
    [['buildah'], [], 'buildah'],
    [['docker', 'podman', 'buildah'], ['--engine', 'buildah'], 'buildah'],
  ])('of %j, with %j, it takes %s', async (installed, args, engine) => {
    install(...installed);
    const stdout = await prints(['build', 'drift', 'mlflow', ...args], options);
    expect(commands()).toEqual([`${engine} ${mlflow}`, `${engine} ${drift}`]);
    expect(stdout).toBe(`${engine} ${mlflow}\n${engine} ${drift}\n`);
  });

  const build = (...args: string[]): Promise<Outcome> =>
    runCommand('images', ['--config', config, 'build', ...args], { ...options, cwd: folder });

  test('without names it builds what the platform uses, from any folder', async () => {
    install('docker');
    expect(await build()).toEqual({ code: 0, stdout: `docker ${mlflow}\n`, stderr: '' });
    expect(commands()).toEqual([`docker ${mlflow}`]);
    const nothing = writeConfig(join(folder, 'nothing.json'), { services: { mlflow: false, drift: false } });
    expect(await prints(['--config', nothing, 'build'], options)).toBe(
      'The platform uses no image that is to be built.\n',
    );
  });

  test('without names it builds the image that only the operator of the models starts', async () => {
    install('docker');
    const path = writeConfig(join(folder, 'registered.json'), {
      models: [{ name: 'creditcard', server: 'mlflow', registeredModel: { name: 'creditcard', version: 1 } }],
    });
    await prints(['--config', path, 'build'], options);
    const initializer = 'programs/model-initializer/Dockerfile';
    expect(commands().filter((line) => line.includes(initializer))).toHaveLength(1);
  });

  test('it names images as the platform does: in the mirror, or as overridden', async () => {
    const path = writeConfig(join(folder, 'named.json'), {
      images: { registry: 'mirror.example.org:5000/all', overrides: { mlflow: 'own.example.org/tracking:1' } },
      models: [
        {
          name: 'creditcard',
          server: 'mlflow',
          uri: 's3://models/creditcard/1',
          drift: { registeredModel: { name: 'creditcard', version: 1 } },
        },
      ],
    });
    install('podman');
    await prints(['--config', path, 'build', '--push', '--platform', 'linux/arm64'], options);
    const detector = 'mirror.example.org:5000/all/mlops-infra/drift-detector:0.1.0';
    expect(commands()).toEqual([
      'podman build --platform linux/arm64 --tag own.example.org/tracking:1 --file programs/mlflow/Dockerfile programs/mlflow',
      'podman push own.example.org/tracking:1',
      `podman build --platform linux/arm64 --tag ${detector} --file programs/drift/Dockerfile .`,
      `podman push ${detector}`,
    ]);
    const list = (await prints(['--config', path, '--list'])).split('\n');
    expect(list).toEqual(expect.arrayContaining(['own.example.org/tracking:1', detector]));
  });

  test('a lock is no obstacle: what is built now has another digest', async () => {
    const locked = join(folder, 'locked');
    mkdirSync(locked);
    const image = 'own.example.org/tracking:1';
    const path = writeConfig(join(locked, 'config.json'), { images: { overrides: { mlflow: image } } });
    writeFileSync(join(locked, 'images.lock.json'), JSON.stringify({ [image]: `sha256:${'a'.repeat(64)}` }));
    install('podman');
    const line = `podman build --tag ${image} --file programs/mlflow/Dockerfile programs/mlflow\n`;
    expect(await prints(['--config', path, 'build', 'mlflow'], options)).toBe(line);
    expect(await prints(['--config', path, 'build'], options)).toContain(line);
  });

  test('a build that fails ends it, with the exit code of the engine', async () => {
    fake(bin, 'docker', 'echo no space left >&2; exit 23');
    const { code, stdout, stderr } = await build('mlflow', 'drift');
    expect(code).toBe(23);
    expect(stdout).toBe(`docker ${mlflow}\n`);
    expect(stderr).toBe(`no space left\ndocker ${mlflow}: ended with 23\n`);
    fake(bin, 'docker', 'kill -TERM $$');
    expect((await build('mlflow')).code).toBe(143);
  });

  test('a file that cannot be run is no engine, and without one it says what to install', async () => {
    writeFileSync(join(bin, 'docker'), 'text');
    mkdirSync(join(bin, 'podman'));
    expect(await fails(['build'], options)).toBe(
      'None of docker, podman, buildah is in PATH, and an image cannot be built without one of them (install one).\n',
    );
    install('buildah');
    expect(await fails(['build', '--engine', 'docker'], options)).toBe(
      'docker is not in PATH (install it, or leave --engine out to build with any of docker, podman, buildah).\n',
    );
    expect(await fails(['build', '--engine', 'kaniko'], options)).toBe(
      '--engine: "kaniko" — must be docker, podman, buildah\n',
    );
  });

  test('what would be pointless is refused before anything is built', async () => {
    install('docker');
    expect(await fails(['build', 'mlfow'], options)).toBe('"mlfow" — must be mlflow or model-initializer or drift\n');
    expect(await fails(['build', 'mlflow', '--push'], options)).toBe(
      'localhost/mlops-infra/mlflow:3.17.2: there is no registry to push it to (set images.registry, or images.overrides.mlflow, in the config)\n',
    );
    const image = `own.example.org/mlflow:2@sha256:${'a'.repeat(64)}`;
    const path = writeConfig(join(folder, 'digest.json'), { images: { overrides: { mlflow: image } } });
    expect(await fails(['--config', path, 'build', 'mlflow'], options)).toBe(
      `images.overrides.mlflow: ${image} has a digest, which only a build gives it (leave it out)\n`,
    );
    expect(existsSync(log)).toBe(false);
  });
});

test('--help prints the options', async () => {
  const stdout = await prints(['--help']);
  for (const option of ['--config', '--list', '--json', '--mirror', '--engine', '--platform', '--push']) {
    expect(stdout).toContain(option);
  }
});
