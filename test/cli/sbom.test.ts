import { bomOf, type Bom } from '../../cli/sbom/bom';
import { projectRoot } from '../../lib/project';
import { npmBom, pythonLocks } from '../../cli/sbom/inputs';
import type { PlatformImage } from '../../lib/images/list';

const image = (name: string): PlatformImage => ({
  ...{ image: name, services: ['kafka'], origin: 'published', licence: 'Apache-2.0', architectures: 'unknown' },
});

const images = [
  image('docker.io/apache/kafka:4.4.0'),
  { ...image(`docker.io/istio/pilot:1.31.4@sha256:${'a'.repeat(64)}`), licence: 'unknown' },
];
let npm: Bom;
beforeAll(async () => (npm = await npmBom()));

const bom = (): Bom => bomOf(npm, 'mlops-infra', images, pythonLocks());

test('every image, and every package of npm and Python, is a component with an identity of its own', () => {
  const { components } = bom();
  const urls = components.map(({ purl }) => purl);
  expect(new Set(components.map((component) => component['bom-ref'])).size).toBe(components.length);
  expect(urls.filter((purl) => !/^pkg:(npm|pypi|docker)\/[^@\s]+@[^@\s]+$/.test(purl))).toEqual([]);
  expect(urls).toContain('pkg:docker/apache/kafka@4.4.0?repository_url=docker.io');
  expect(urls).toContain(`pkg:docker/istio/pilot@sha256%3A${'a'.repeat(64)}?repository_url=docker.io`);
  for (const name of [
    'npm/cdk8s@',
    'npm/typescript@',
    'pypi/mlflow@',
    'pypi/boto3@',
    'pypi/prefect@',
    'pypi/confluent-kafka@',
  ]) {
    expect(urls.filter((purl) => purl.startsWith(`pkg:${name}`)).length).toBeGreaterThan(0);
  }
});

test('a package of a lock file for development alone is optional', () => {
  const scope = (name: string): unknown =>
    bom().components.find((one) => one.purl.startsWith(`pkg:pypi/${name}@`))?.scope;
  expect([scope('mlflow'), scope('mypy')]).toEqual(['required', 'optional']);
});

test('nothing in it is of the moment, or of this machine', () => {
  const later = { ...npm, serialNumber: 'urn:uuid:other', metadata: { ...npm.metadata, timestamp: 'later' } };
  const text = JSON.stringify(bom());
  expect(JSON.stringify(bomOf(later, 'mlops-infra', [...images].reverse(), [...pythonLocks()].reverse()))).toBe(text);
  expect(text).not.toContain(projectRoot);
  expect(text).not.toContain('timestamp');
});
