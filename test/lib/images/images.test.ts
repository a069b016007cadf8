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
