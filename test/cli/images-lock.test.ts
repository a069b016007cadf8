import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesIn, onlyKafka, runCommand, synth, writeConfig, type Outcome } from '../support/cli';
import { digestOf, startRegistry, type FakeRegistry } from '../support/registry';
import { temporaryFolder } from '../support/temporary';

const folder = temporaryFolder();
const lock = join(folder, 'images.lock.json');
let registry: FakeRegistry;
let config: string;
let references: string[];

const images = (...args: string[]): Promise<Outcome> =>
  // Neither skopeo nor crane.
  runCommand('images', [...args, '--config', config], { env: { PATH: '/nowhere' } });

const read = (): unknown => JSON.parse(readFileSync(lock, 'utf8'));
const manifestOf = (reference: string): string => JSON.stringify({ schemaVersion: 2, reference });

beforeAll(async () => {
  registry = await startRegistry();
  config = writeConfig(join(folder, 'config.json'), { ...onlyKafka, images: { registry: `${registry.host}/all` } });
  references = (await images('--list')).stdout.trimEnd().split('\n');
});
afterAll(() => registry.stop());

beforeEach(() => {
  rmSync(lock, { force: true });
  registry.manifests.clear();
  for (const reference of references) publish(reference, manifestOf(reference));
});

const publish = (reference: string, manifest: string): unknown =>
  registry.manifests.set(reference.replace(`${registry.host}/`, ''), manifest);

test('the lock has the digest of what each tag means, and the next manifests have it too', async () => {
  expect(references.length).toBeGreaterThan(0);
  const { code, stdout, stderr } = await images('lock');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const count = references.length;
  expect(stdout).toMatch(`${lock}: ${count} images, ${count} new, 0 moved, looked up with the registries' API\n`);
  const digests = references.map((reference) => [reference, digestOf(manifestOf(reference))] as const);
  expect(read()).toEqual(Object.fromEntries(digests));
  const locked = digests.map((parts) => parts.join('@'));
  expect((await images('--list')).stdout.trimEnd().split('\n')).toEqual(locked);

  const out = join(folder, 'dist');
  expect(await synth(['--config', config, '--out', out])).toMatchObject({ code: 0 });
  const text = Object.values(filesIn(out)).join('');
  for (const reference of locked) expect(text).toContain(reference);
});

test('with the lock as it should be, nothing is written', async () => {
  await images('lock');
  const before = readFileSync(lock, 'utf8');
  const { stdout } = await images('lock');
  expect(stdout).toMatch(/^\S+: \d+ images, 0 new, 0 moved, .*\n$/);
  expect(readFileSync(lock, 'utf8')).toBe(before);
});

test('a tag that means something else is refused, until that is accepted', async () => {
  await images('lock');
  const before = read();
  const [first = ''] = references;
  const another = manifestOf('another');
  publish(first, another);
  const refused = await images('lock');
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toContain(
    `${lock}: a tag means something else than when locked:\n` +
      `  ${first}: was ${digestOf(manifestOf(first))}, is ${digestOf(another)}\n`,
  );
  expect(refused.stderr).toContain('npm run images -- lock --update');
  expect(read()).toEqual(before);
  expect(await images('lock', '--update')).toMatchObject({ code: 0 });
  expect(read()).toEqual({ ...(before as object), [first]: digestOf(another) });
});

test('every image that cannot be looked up is named, and nothing is written', async () => {
  registry.manifests.clear();
  const { code, stderr } = await images('lock');
  expect(code).toBe(1);
  expect(stderr.trimEnd().split('\n')).toEqual(
    references.map((reference) => `${reference}: there is no such image (correct its name and tag)`),
  );
  expect(existsSync(lock)).toBe(false);
});

test('an image that the lock lacks is not synthesized', async () => {
  writeFileSync(lock, '{}');
  const { code, stderr } = await synth(['--config', config, '--out', join(folder, 'none')]);
  expect(code).toBe(1);
  for (const reference of references) {
    expect(stderr).toContain(`${reference}, which is not in images.lock.json (run npm run images -- lock)`);
  }
});

test('a lock that is none is an error that names it', async () => {
  writeFileSync(lock, '[]');
  const { code, stderr } = await synth(['--config', config, '--out', join(folder, 'none')]);
  expect(code).toBe(1);
  expect(stderr).toMatch(new RegExp(`^${lock}: not a lock of images .*`));
});

test.each([
  [['lock', 'kafka'], 'kafka: lock takes no names, but all images\n'],
  [['lock', '--json'], '--json is of no use with lock\n'],
  [['lock', '--push'], '--push is for build alone\n'],
  [['--update'], '--update is for lock alone\n'],
])('what cannot be meant is refused: %j', async (args, message) => {
  const { code, stderr } = await images(...args);
  expect(code).toBe(1);
  expect(stderr).toContain(`${message}\nUsage`);
});
