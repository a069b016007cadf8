import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { upgrades } from '../../charts/catalog';
import { imagePins } from '../../charts/config';
import { projectRoot } from '../../lib/project';
import { commandsIn } from '../support/documents';

const headings = readFileSync(join(projectRoot, 'docs/upgrading.md'), 'utf8')
  .split('\n')
  .flatMap((line) => (line.startsWith('## ') ? [line.slice(3)] : []));

const sectionsFor = (image: string): string[] =>
  upgrades.flatMap(({ section, from }) => (from.test(image) ? [section] : []));

test('every section that npm run doctor names is one of docs/upgrading.md', () => {
  expect(headings).toEqual(expect.arrayContaining(upgrades.map(({ section }) => section)));
});

// Doctor recognizes older images. What is exposed is in the config, and the credentials Job has another name in each version.
test('every section is named by npm run doctor, but those that no image tells of', () => {
  const named = new Set(upgrades.map(({ section }) => section));
  expect(headings.filter((heading) => !named.has(heading))).toEqual([
    'Models have keys of their own',
    'Services are closed to the outside',
    'Network policies',
    'Rights',
    'Flow runs have a namespace of their own',
    expect.stringContaining('for the credentials Job'),
  ]);
});

test('no section is for an image of the platform as it is', () => {
  for (const { repository, tag } of Object.values(imagePins)) {
    expect({ repository, sections: sectionsFor(`${repository}:${tag}`) }).toEqual({ repository, sections: [] });
  }
});

test.each([
  ['library/postgres:15.3-bookworm', /^PostgreSQL/],
  ['library/postgres:14.3-bullseye', /^PostgreSQL/],
  ['mirror/library/postgres:16.1', /^PostgreSQL/],
  ['bitnamilegacy/postgresql:14.3.0', /^PostgreSQL/],
  ['minio/minio:RELEASE.2024-12-18T13-15-44Z', /^MinIO/],
  ['mlops-infra/mlflow:2.3.1', /^MLflow/],
  ['apache/kafka:3.7.2', /^Kafka/],
  ['mirror:5000/seldonio/seldon-core-operator:1.16.0', /^Seldon Core/],
  ['grafana/grafana:12.4.3', /^Grafana/],
  ['prometheus/prometheus:v2.41.0', /^Prometheus/],
])('%s is recognized', (image, section) => {
  expect(sectionsFor(image)).toEqual([expect.stringMatching(section)]);
});

test('no section is for the PostgreSQL of an original chart that stays', () => {
  expect(sectionsFor('bitnamilegacy/postgresql:15.3.0-debian-11-r7')).toEqual([]);
});

// A database of before does not start with the manifests of now: nothing could be dumped any more.
test('the steps of PostgreSQL remove both databases before they apply the new manifests, which bring both', () => {
  const commands = commandsIn('PostgreSQL');
  const removed = commands.slice(0, commands.indexOf('npm run deploy')).filter((command) => /delete pvc/.test(command));
  expect(removed).toHaveLength(2);
  expect(commands.filter((command) => /pg_dump|delete pvc/.test(command))).toEqual(removed);
});
