import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as Catalog from '../charts/catalog';
import type * as Config from '../charts/config';
import type * as Synthesize from '../charts/synthesize';
import { podTemplateOf, type KubernetesObject } from '../lib/kubernetes/object';
import { projectRoot } from '../lib/project';
import { copyProject } from './support/cli';
import { merge, type Loose } from './support/config';
import { redis } from './support/redis';
import { temporaryFolder, writeFiles } from './support/temporary';
import { usual } from './support/usual-config';
import { expectYaml } from './support/yaml';

// How many files a newcomer touches: each walk edits a copy of the project, and then works with the code of that copy.

const folder = temporaryFolder();

/** Replaces a text that is there once, in a file of a copy. */
function edit(root: string, file: string, before: string, after: string): void {
  const text = readFileSync(join(root, file), 'utf8');
  expect({ file, before, times: text.split(before).length - 1 }).toEqual({ file, before, times: 1 });
  writeFileSync(
    join(root, file),
    text.replace(before, () => after),
  );
}

/** Every file of a copy that is not as in the project. The config is the copy's own. */
function touched(root: string): string[] {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1))
    .filter((path) => !/^(node_modules\/|config\.ts$)/.test(path))
    .filter((path) => contentOf(join(root, path)) !== contentOf(join(projectRoot, path)))
    .sort();
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The code of a copy, loaded beside the project's own. */
function load(root: string) {
  const code = (path: string): unknown => jest.requireActual(join(root, path));
  const { parseConfig } = code('charts/config') as typeof Config;
  const { synthesize } = code('charts/synthesize') as typeof Synthesize;
  const { imageCatalog } = code('charts/catalog') as typeof Catalog;
  return {
    imageCatalog,
    parseConfig,
    /** The files of the output, for the usual config with some keys of its own. */
    output: async (keys: object) => (await synthesize(parseConfig(merge(usual, keys)))).files,
  };
}

describe('a new service', () => {
  const root = join(folder, 'redis');
  let code: ReturnType<typeof load>;

  const nothingElse = {
    models: [],
    services: Object.fromEntries(
      ['postgresql', 'minio', 'mlflow', 'istio', 'seldon', 'prefect', 'prometheus', 'kafka', 'drift'].map((name) => [
        name,
        false,
      ]),
    ),
  };

  beforeAll(() => {
    copyProject(root);
    writeFiles(root, redis);
    const list = 'charts/services.ts';
    edit(
      root,
      list,
      "import retraining from './retraining/service';\n",
      "import redis from './redis/service';\nimport retraining from './retraining/service';\n",
    );
    edit(root, list, '  retraining,\n', '  redis,\n  retraining,\n');
    const wiring = 'charts/platform.ts';
    edit(
      root,
      wiring,
      'import { addRetraining }',
      "import { addRedis } from './redis/redis';\nimport { addRetraining }",
    );
    edit(root, wiring, '  addNfsProvisioner(platform);\n', '  addNfsProvisioner(platform);\n  addRedis(platform);\n');
    code = load(root);
  });

  test('takes one folder, an entry in the list and a call in the wiring', () => {
    expect(touched(root)).toEqual(['charts/platform.ts', ...Object.keys(redis).sort(), 'charts/services.ts']);
  });

  test('gets a file of the output, in its wave', async () => {
    const files = await code.output(nothingElse);
    expect(files.map(({ name }) => name)).toEqual(['00-namespaces.yaml', '40-redis.yaml']);
    expectYaml(files.at(-1)?.objects);
  });

  test('is switched off by its key, and a misspelled key is refused', async () => {
    const off = merge(nothingElse, { services: { redis: false, kafka: {} } }) as object;
    expect((await code.output(off)).map(({ name }) => name)).toEqual(['00-namespaces.yaml', '40-kafka.yaml']);
    expect(() => code.parseConfig({ ...usual, services: { reddis: {} } })).toThrow(/services\.reddis: .*redis/);
  });

  test('has its image listed, and takes another one', async () => {
    expect(code.imageCatalog.pins).toMatchObject({ redis: { repository: 'library/redis', tag: '7.2.5' } });
    const own = { images: { overrides: { redis: 'own.example.org/redis:8' } } };
    expect(containerOf(await code.output({ ...nothingElse, ...own }))).toMatchObject({
      image: 'own.example.org/redis:8',
    });
  });

  test('has the size of the profile, and single figures of your own', async () => {
    const size = { overrides: { redis: { memory: '99Mi' } } };
    const { resources } = containerOf(await code.output({ ...nothingElse, size }));
    expect(resources).toEqual({ requests: { cpu: '50m', memory: '99Mi' }, limits: { cpu: '500m', memory: '256Mi' } });
  });

  const containerOf = (files: readonly { objects: readonly KubernetesObject[] }[]): Loose =>
    files
      .flatMap(({ objects }) => objects)
      .flatMap((object) => podTemplateOf(object)?.spec.containers ?? [])
      .find(({ name }) => name === 'redis');
});

describe('a new setting for every pod', () => {
  const root = join(folder, 'node-selector');
  const nodeSelector = { pool: 'mlops' };
  let objects: readonly KubernetesObject[];

  beforeAll(async () => {
    copyProject(root);
    const key = 'lib/config/sections/cluster.ts';
    edit(root, key, 'kubernetesVersion } from', 'kubernetesVersion, labels } from');
    edit(
      root,
      key,
      "dnsName('standard').optional(),\n",
      "dnsName('standard').optional(),\n  nodeSelector: labels.default({}),\n",
    );
    const pods = 'lib/output/every-pod.ts';
    edit(
      root,
      pods,
      '  enableServiceLinks: boolean;\n',
      '  enableServiceLinks: boolean;\n  nodeSelector: Readonly<Record<string, string>>;\n',
    );
    edit(
      root,
      pods,
      'export interface PodConfig {\n',
      'export interface PodConfig {\n  readonly cluster: { readonly nodeSelector: Readonly<Record<string, string>> };\n',
    );
    edit(
      root,
      pods,
      '      ...spec,\n      //',
      '      ...spec,\n      nodeSelector: this.config.cluster.nodeSelector,\n      //',
    );
    const model = { ...usual.models[0], canary: { uri: 's3://models/creditcard/2', traffic: 10 } };
    objects = (await load(root).output({ cluster: { nodeSelector }, models: [model] })).flatMap((file) => file.objects);
  });

  test('takes a key of the config and a line of every-pod.ts', () => {
    expect(touched(root)).toEqual(['lib/config/sections/cluster.ts', 'lib/output/every-pod.ts']);
  });

  test('reaches the pods of all workloads, ours and those of Helm charts', () => {
    const specs = objects.flatMap((object) => podTemplateOf(object)?.spec ?? []);
    expect(specs.length).toBeGreaterThan(20);
    for (const spec of specs) expect(spec).toMatchObject({ nodeSelector });
  });

  test('reaches the pods that operators make: Prometheus, Alertmanager, and each predictor of a model', () => {
    const specOf = (kind: string): Loose => objects.find((object) => object.kind === kind)?.spec;
    for (const kind of ['Prometheus', 'Alertmanager']) expect(specOf(kind)).toMatchObject({ nodeSelector });
    const predictors = specOf('SeldonDeployment').predictors.flatMap(({ componentSpecs }: Loose) => componentSpecs);
    expect(predictors).toHaveLength(2);
    for (const { spec } of predictors) expect(spec).toMatchObject({ nodeSelector });
  });

  test('reaches the pods of flow runs', () => {
    const { data } = objects.find(
      ({ kind, metadata: { name } }) => kind === 'ConfigMap' && name === 'prefect-flows',
    ) as Loose;
    const [{ data: block }] = JSON.parse(data['settings.json']).blocks;
    expect(block.job.spec.template.spec).toMatchObject({ nodeSelector });
  });
});
