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
    [`${mirror}/minio/minio:RELEASE`]: digest,
    [own]: digest,
    'docker.io/library/web:1': digest,
    [`${mirror}/library/web:1`]: digest,
  };
  const images = new Images<keyof typeof pins>(pins, { registry: mirror, overrides: { node: own }, digests });

  test('an image has the digest of its final reference', () => {
    expect(images.reference('minio')).toBe(`${mirror}/minio/minio:RELEASE@${digest}`);
    expect(images.reference('node')).toBe(`${own}@${digest}`);
  });

  test('an image that the user chose is as written, and has the digest too', () => {
    expect(images.own('web:1')).toBe(`web:1@${digest}`);
    expect(images.own('web:2')).toBe('web:2');
    expect(images.own(`web:1@sha256:${'c'.repeat(64)}`)).toBe(`web:1@sha256:${'c'.repeat(64)}`);
  });

  test.each([
    ['docker.io/library/web:1', `${mirror}/library/web:1@${digest}`],
    [`${mirror}/library/web:1`, `${mirror}/library/web:1@${digest}`],
    [own, `${own}@${digest}`],
    [`${own}@${digest}`, `${own}@${digest}`],
    ['docker.io/library/other:1', `${mirror}/library/other:1`],
  ])('%s in the output of a chart becomes %s', (rendered, final) => {
    expect(images.relocate(rendered)).toBe(final);
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
