import type { KubernetesObject } from '../../../lib/kubernetes/object';
import { replaceImages } from '../../../lib/images/replace';
import { Images } from '../../../lib/images/images';

const digest = `sha256:${'a'.repeat(64)}`;

const object = (spec: unknown, kind = 'Deployment'): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'probe' },
  spec,
});

/** What becomes of a text, with every image in it in angle brackets. */
const marked = (value: unknown, key = 'text'): unknown =>
  (replaceImages(object({ [key]: value }), (image) => `<${image}>`).spec as Record<string, unknown>)[key];

test.each([
  ['--reloader=quay.io/a/b:v1', '--reloader=<quay.io/a/b:v1>'],
  [`quay.io/a/b@${digest}`, `<quay.io/a/b@${digest}>`],
  [`x registry.example.org:5000/a:1@${digest},y`, `x <registry.example.org:5000/a:1@${digest}>,y`],
  [
    '{"image":"seldonio/mlserver","defaultImageVersion":"1"}',
    '{"image":"<seldonio/mlserver>","defaultImageVersion":"1"}',
  ],
  ['containers:\n- image: busybox:1.28\n  name: a', 'containers:\n- image: <busybox:1.28>\n  name: a'],
  ['image: "{{ .ProxyImage }}"', 'image: "{{ .ProxyImage }}"'],
  ['"image": "proxyv2"', '"image": "proxyv2"'],
  ['http://minio.space.svc.cluster.local:9000/a/b:c', 'http://minio.space.svc.cluster.local:9000/a/b:c'],
  ['kafka.space.svc:9092', 'kafka.space.svc:9092'],
  ['example.org/label: value', 'example.org/label: value'],
])('in a text, images are found and nothing else: %s', (text, expected) => {
  expect(marked(text)).toBe(expected);
});

test('a field called image is an image as a whole, unless something else fills it in', () => {
  expect(marked('postgres:15', 'image')).toBe('<postgres:15>');
  expect(marked('auto', 'image')).toBe('auto');
});

test('images are found in lists and objects, and definitions of custom resources are left alone', () => {
  const spec = { containers: [{ image: 'a/b:1', args: ['--x=quay.io/c/d:2'] }] };
  const replaced = replaceImages(object(spec), () => 'new');
  expect(replaced.spec).toEqual({ containers: [{ image: 'new', args: ['--x=new'] }] });
  expect(replaceImages(object(spec, 'CustomResourceDefinition'), () => 'new').spec).toEqual(spec);
});

describe('an image that no pin names', () => {
  const movedRepositories = { 'docker.io/bitnami/': 'docker.io/bitnamilegacy/' };
  const overrides = { kafka: 'my.example.org/kafka:1' };

  test.each([
    ['bitnami/os-shell:11', 'docker.io/bitnamilegacy/os-shell:11'],
    ['docker.io/bitnami/os-shell:11', 'docker.io/bitnamilegacy/os-shell:11'],
    ['quay.io/bitnami/os-shell:11', 'quay.io/bitnami/os-shell:11'],
    ['busybox:1.28', 'docker.io/library/busybox:1.28'],
  ])('is where it moved to: %s', (image, expected) => {
    expect(new Images({}, { movedRepositories }).relocate(image)).toBe(expected);
  });

  test('is in the mirror if there is one, but for overrides and what is there already', () => {
    const images = new Images({}, { movedRepositories, overrides, registry: 'mirror.example.org/all' });
    expect(images.relocate('bitnami/os-shell:11')).toBe('mirror.example.org/all/bitnamilegacy/os-shell:11');
    expect(images.relocate('mirror.example.org/all/a/b:1')).toBe('mirror.example.org/all/a/b:1');
    expect(images.relocate('my.example.org/kafka:1')).toBe('my.example.org/kafka:1');
  });
});
