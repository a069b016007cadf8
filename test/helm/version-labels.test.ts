import { imagePins } from '../../charts/config';
import type { Config } from '../../charts/config';
import { parse } from '../support/config';
import { assemble } from '../support/output';

const label = 'app.kubernetes.io/version';

/** Images of our own Helm charts that give objects their version, and another name for each. */
const repositories = {
  ...{ istiod: 'discovery', istioProxy: 'proxy', kafka: 'kafka', minio: 'minio', nfsProvisioner: 'nfs' },
  ...{ postgresql: 'postgres', prefectPostgresql: 'postgres', prefect: 'prefect', seldonOperator: 'operator' },
  ...{ prometheusOperator: 'operator', prometheus: 'prometheus', alertmanager: 'alertmanager', nodeExporter: 'node' },
  ...{ kubeStateMetrics: 'state', blackboxExporter: 'blackbox' },
} as const satisfies Partial<Record<keyof typeof imagePins, string>>;

type Name = keyof typeof repositories;
const names = Object.keys(repositories) as Name[];

/** Selectors of Seldon's operator cannot change, and its definition is no template. */
const fixed = ['v0.5', imagePins.seldonOperator.tag];

/** The version labels anywhere in what a config with these images becomes, pod templates included. */
async function labelsWith(images: Config['images']): Promise<readonly string[]> {
  const { files } = await assemble(
    parse({
      cluster: { externalHost: '192.0.2.10', nfs: { server: '192.0.2.20', path: '/srv/volumes' } },
      services: { istio: { egressGateway: true } },
      images,
    }),
  );
  return [...new Set(files.flatMap(({ objects }) => labelsIn(objects)))]
    .filter((version) => !fixed.includes(version))
    .sort();
}

function labelsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => (key === label ? [String(item)] : labelsIn(item)));
}

const overrides = (rest: (name: Name, index: number) => string): Record<string, string> =>
  Object.fromEntries(
    names.map((name, index) => [name, `registry.example.org/${repositories[name]}${rest(name, index)}`]),
  );

const digest = `@sha256:${'a'.repeat(64)}`;

test('every object and every pod is labelled with the version of the image that runs, even if that replaces another', async () => {
  const versions = names.map((_, index) => `9.8.${10 + index}`);
  await expect(labelsWith({ overrides: overrides((_, index) => `:9.8.${10 + index}`) })).resolves.toEqual(versions);
});

test('a digest behind the tag is no part of the version', async () => {
  const images = { overrides: overrides((_, index) => `:9.8.${10 + index}${digest}`) };
  await expect(labelsWith(images)).resolves.toEqual(names.map((_, index) => `9.8.${10 + index}`));
});

test('a mirror changes no version', async () => {
  await expect(labelsWith({ registry: 'mirror.example.org/all' })).resolves.toEqual(await labelsWith({}));
});

test('the label of a long and odd tag has what a label can hold', async () => {
  const tag = `_.${'9'.repeat(60)}-._${'x'.repeat(62)}.`;
  await expect(labelsWith({ overrides: overrides(() => `:${tag}`) })).resolves.toEqual(['9'.repeat(60)]);
});

test.each([
  ['15.3-bookworm', 'postgresql', '15.3'],
  ['ours-15.3', 'postgresql', 'ours-15.3'],
  ['3.9.1-python3.11-kubernetes', 'prefect', '3.9.1'],
  ['v4.0.2', 'nfsProvisioner', '4.0.2'],
  ['3.7.2-rc1', 'kafka', '3.7.2-rc1'],
] as const)('the tag %s of %s is version %s', async (tag, name, version) => {
  const images = { overrides: overrides((other) => (other === name ? `:${tag}` : ':9')) };
  await expect(labelsWith(images)).resolves.toEqual([version, '9'].sort());
});
