import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesIn, onlyKafka, writeConfig, type Outcome } from '../support/cli';
import { inProcess } from '../support/in-process';
import { digestOf, startRegistry, type FakeRegistry } from '../support/registry';
import { temporaryFolder } from '../support/temporary';

const folder = temporaryFolder();
const lock = join(folder, 'images.lock.json');
let registry: FakeRegistry;
/** A platform behind a mirror, and the same one without it. */
let config: string;
let unmirrored: string;
/** The images of the platform as their authors publish them, and in the mirror. */
let authors: string[];
let references: string[];

const images = (...args: string[]): Promise<Outcome> => imagesOf(config, ...args);

const imagesOf = (file: string, ...args: string[]): Promise<Outcome> =>
  // Neither skopeo nor crane.
  inProcess('images', [...args, '--config', file], { env: { PATH: '/nowhere' } });

const linesOf = async (outcome: Promise<Outcome>): Promise<string[]> => (await outcome).stdout.trimEnd().split('\n');
const inMirror = (reference: string): string => reference.replace(/^[^/]+/, `${registry.host}/all`);
const read = (): unknown => JSON.parse(readFileSync(lock, 'utf8'));
const manifestOf = (reference: string): string => JSON.stringify({ schemaVersion: 2, reference });

beforeAll(async () => {
  registry = await startRegistry();
  config = writeConfig(join(folder, 'config.json'), { ...onlyKafka, images: { registry: `${registry.host}/all` } });
  unmirrored = writeConfig(join(folder, 'unmirrored.json'), onlyKafka);
  authors = await linesOf(imagesOf(unmirrored, '--list'));
  references = authors.map(inMirror);
});
afterAll(() => registry.stop());

beforeEach(() => {
  rmSync(lock, { force: true });
  registry.manifests.clear();
  for (const reference of references) publish(reference, manifestOf(reference));
});

const publish = (reference: string, manifest: string): unknown =>
  registry.manifests.set(reference.replace(`${registry.host}/`, ''), manifest);

/** The lock of everything that was published in the beginning. */
const complete = (): Record<string, string> =>
  Object.fromEntries(authors.map((reference) => [reference, digestOf(manifestOf(inMirror(reference)))]));

test('the lock has the digest of what each tag means in the mirror, and the next manifests have it too', async () => {
  expect(authors.length).toBeGreaterThan(0);
  const { code, stdout, stderr } = await images('lock');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const count = authors.length;
  expect(stdout).toMatch(`${lock}: ${count} images, ${count} new, 0 moved, looked up with the registries' API\n`);
  expect(read()).toEqual(complete());
  const locked = references.map((reference) => `${reference}@${digestOf(manifestOf(reference))}`);
  expect(await linesOf(images('--list'))).toEqual(locked);

  const out = join(folder, 'dist');
  expect(await inProcess('synth', ['--config', config, '--out', out])).toMatchObject({ code: 0 });
  const text = Object.values(filesIn(out)).join('');
  for (const reference of locked) expect(text).toContain(reference);
});

test('one lock serves a platform with and without a mirror, and every command', async () => {
  await images('lock');
  const digests = Object.values(complete());
  expect(await linesOf(imagesOf(unmirrored, '--list'))).toEqual(authors.map((name, at) => `${name}@${digests[at]}`));
  for (const file of [config, unmirrored]) {
    const { code, stdout } = await imagesOf(file, '--mirror', 'new.example.org');
    expect(code).toBe(0);
    expect(stdout.match(/^copy .*/gm)).toEqual(
      authors.map((name, at) => {
        const [source, tag] = name.split(':');
        return `copy ${source}@${digests[at]} new.example.org/${source?.replace(/^[^/]+\//, '')}:${tag}`;
      }),
    );
  }
});

test('an image that the lock does not have yet is copied to the mirror by its tag', async () => {
  writeFileSync(lock, '{}');
  const { code, stdout } = await images('--mirror', 'new.example.org');
  expect(code).toBe(0);
  for (const reference of authors) expect(stdout).toContain(`copy ${reference} new.example.org/`);
});

test.each(['own', 'all'])('an image of your own in %s/ is looked up and locked as you wrote it', async (path) => {
  const override = `${registry.host}/${path}/broker:1`;
  publish(override, manifestOf(override));
  const file = writeConfig(join(folder, 'own.json'), {
    ...onlyKafka,
    images: { registry: `${registry.host}/all`, overrides: { kafka: override } },
  });
  expect(await imagesOf(file, 'lock')).toMatchObject({ code: 0, stderr: '' });
  expect(read()).toMatchObject({ [override]: digestOf(manifestOf(override)) });
  expect(await linesOf(imagesOf(file, '--list'))).toContain(`${override}@${digestOf(manifestOf(override))}`);
  expect((await imagesOf(file, '--mirror', 'new.example.org')).stdout).toContain(`#   ${override}\n`);
});

test('entries of images that another config in the folder may use stay', async () => {
  const other = { 'docker.io/a/b:1': `sha256:${'1'.repeat(64)}` };
  writeFileSync(lock, JSON.stringify(other));
  await images('lock');
  expect(read()).toEqual({ ...other, ...complete() });
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
  const [first = ''] = authors;
  const another = manifestOf('another');
  publish(inMirror(first), another);
  const refused = await images('lock');
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toContain(
    `${lock}: a tag means something else than when locked:\n` +
      `  ${first}: was ${complete()[first]}, is ${digestOf(another)}\n`,
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
  expect(stderr.trimEnd().split('\n')).toEqual([
    ...references.map((reference) => `${reference}: there is no such image (correct its name and tag)`),
    `Copy what the mirror lacks: npm run --silent images -- --mirror ${registry.host}/all > mirror.sh`,
  ]);
  expect(existsSync(lock)).toBe(false);
});

test('an image that the lock lacks is not synthesized', async () => {
  writeFileSync(lock, '{}');
  const { code, stderr } = await inProcess('synth', ['--config', config, '--out', join(folder, 'none')]);
  expect(code).toBe(1);
  for (const reference of references) {
    expect(stderr).toContain(`${reference}, which is not in images.lock.json (run npm run images -- lock)`);
  }
});

test('a lock that is none is an error that names it', async () => {
  writeFileSync(lock, '[]');
  const { code, stderr } = await inProcess('synth', ['--config', config, '--out', join(folder, 'none')]);
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
