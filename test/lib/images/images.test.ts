import { Images, imageReference, parseImage } from '../../../lib/images/images';

const pins = {
  node: { registry: 'docker.io', repository: 'library/node', tag: '20', digest: `sha256:${'a'.repeat(64)}` },
  minio: { registry: 'quay.io', repository: 'minio/minio', tag: 'RELEASE' },
} as const;

test('without options the pins are taken, digest included', () => {
  const images = new Images<keyof typeof pins>(pins);
  expect(images.reference('node')).toBe(`docker.io/library/node:20@sha256:${'a'.repeat(64)}`);
  expect(images.reference('minio')).toBe('quay.io/minio/minio:RELEASE');
});

test('a mirror replaces the registry and nothing else', () => {
  const images = new Images<keyof typeof pins>(pins, { registry: 'registry.example.org:5000/mirror' });
  expect(images.reference('node')).toBe(`registry.example.org:5000/mirror/library/node:20@sha256:${'a'.repeat(64)}`);
});

test('an override is taken as it is: neither the mirror nor the digest of the pin applies to it', () => {
  const images = new Images<keyof typeof pins>(pins, {
    registry: 'mirror.example.org',
    overrides: { node: 'registry.example.org/own/node:22' },
  });
  expect(images.get('node')).toEqual({ registry: 'registry.example.org', repository: 'own/node', tag: '22' });
  expect(images.reference('minio')).toBe('mirror.example.org/minio/minio:RELEASE');
});

const digest = `sha256:${'b'.repeat(64)}`;

describe('with a lock', () => {
  const mirror = 'mirror.example.org/all';
  const own = 'own.example.org/node:22';
  const digests = {
    'quay.io/minio/minio:RELEASE': digest,
    [own]: digest,
    'docker.io/library/web:1': digest,
    'docker.io/moved/tool:1': digest,
  };
  const movedRepositories = { 'docker.io/old/': 'docker.io/moved/' };
  const options = { overrides: { node: own }, digests, movedRepositories };
  const images = new Images<keyof typeof pins>(pins, { ...options, registry: mirror });

  test('the digest is that of the authors, with a mirror and without one', () => {
    expect(images.reference('minio')).toBe(`${mirror}/minio/minio:RELEASE@${digest}`);
    expect(new Images(pins, options).reference('minio')).toBe(`quay.io/minio/minio:RELEASE@${digest}`);
    expect(images.reference('node')).toBe(`${own}@${digest}`);
  });

  test('an override into the mirror has the digest of that very reference', () => {
    const override = `${mirror}/minio/minio:RELEASE`;
    const locked = (entries: object): string =>
      new Images(pins, { registry: mirror, overrides: { minio: override }, digests: { ...entries } }).reference(
        'minio',
      );
    expect(locked(digests)).toBe(override);
    expect(locked({ [override]: digest })).toBe(`${override}@${digest}`);
  });

  test('an image that the user chose is as written, and has the digest too', () => {
    expect(images.own('web:1')).toBe(`web:1@${digest}`);
    expect(images.own('web:2')).toBe('web:2');
    expect(images.own(`web:1@sha256:${'c'.repeat(64)}`)).toBe(`web:1@sha256:${'c'.repeat(64)}`);
  });

  test.each([
    ['docker.io/library/web:1', `${mirror}/library/web:1@${digest}`],
    ['old/tool:1', `${mirror}/moved/tool:1@${digest}`],
    [`${mirror}/minio/minio:RELEASE`, `${mirror}/minio/minio:RELEASE@${digest}`],
    [`${mirror}/minio/minio@${digest}`, `${mirror}/minio/minio:RELEASE@${digest}`],
    [`${mirror}/library/other:1`, `${mirror}/library/other:1`],
    [own, `${own}@${digest}`],
    [`${own}@${digest}`, `${own}@${digest}`],
    [`own.example.org/node@${digest}`, `${own}@${digest}`],
    ['docker.io/library/other:1', `${mirror}/library/other:1`],
  ])('%s in the output of a chart becomes %s', (rendered, final) => {
    expect(images.relocate(rendered)).toBe(final);
  });

  test('an override without a registry is known in full too, as charts write it', () => {
    const short = new Images(pins, { registry: mirror, overrides: { node: 'web:1' }, digests });
    expect(short.relocate('docker.io/library/web:1')).toBe(`web:1@${digest}`);
    expect(short.relocate(`docker.io/library/web:1@${digest}`)).toBe(`web:1@${digest}`);
  });

  test('the digest of a pin stands', () => {
    const reference = `docker.io/library/node:20@${pins.node.digest}`;
    expect(new Images(pins, { digests: { 'docker.io/library/node:20': digest } }).reference('node')).toBe(reference);
  });
});

test.each([
  ['node:20', 'docker.io/library/node:20'],
  ['minio/minio:x', 'docker.io/minio/minio:x'],
  ['quay.io/minio/minio:x', 'quay.io/minio/minio:x'],
  ['localhost/a:1', 'localhost/a:1'],
  ['localhost:5000/a/b/c:1', 'localhost:5000/a/b/c:1'],
  ['registry:5000/a:1', 'registry:5000/a:1'],
  ['registry.example.org/a', 'registry.example.org/a'],
  [`quay.io/a/b@${digest}`, `quay.io/a/b@${digest}`],
  [`quay.io:443/a/b:1@${digest}`, `quay.io:443/a/b:1@${digest}`],
  [`a@${digest}`, `docker.io/library/a@${digest}`],
])('%s names the image %s', (given, whole) => {
  expect(imageReference(parseImage(given))).toBe(whole);
  expect(parseImage(whole)).toEqual(parseImage(given));
});
