import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { podTemplateOf, type KubernetesObject } from '../../lib/kubernetes/object';
import { projectRoot } from '../../lib/project';
import { copyProject } from '../support/cli';
import { everythingOff, merge, type Loose } from '../support/config';
import { compile, edit, load, touched } from '../support/copies';
import { jestIn, jestInOne, type Outcome, type Report } from '../support/jest-in-copy';
import { snapshotFile, snapshotsIn } from '../support/snapshots';
import { temporaryFolder, writeFiles } from '../support/temporary';
import { usual } from '../support/usual-config';
import { expectYaml } from '../support/yaml';
import * as redis from './redis';

// CONTRIBUTING.md, "Adding a service", as a newcomer follows it in a copy of the project.

/** Tests whose snapshots show a new service. */
const updated = [
  'test/charts/credentials/credentials.test.ts',
  'test/charts/grafana/dashboards.test.ts',
  'test/charts/namespaces/namespaces.test.ts',
  'test/charts/prometheus/alert-rules.test.ts',
  'test/charts/wiring.test.ts',
];

/** Tests that ask for a line. So does test/charts/platform/services.test.ts, which takes too long to be run here. */
const asking = [
  'test/charts/snapshots.test.ts',
  'test/lib/config/defaults.test.ts',
  'test/lib/names-no-service.test.ts',
];

describe('a new service', () => {
  const root = join(temporaryFolder(), 'copy');
  const nothingElse = { models: [], services: everythingOff };
  let own: Report;
  let changed: readonly string[];
  let outcomes: ReadonlyMap<string, Outcome>;
  let code: ReturnType<typeof load>;

  beforeAll(async () => {
    copyProject(root);
    const copy = (path: string, filter?: (path: string) => boolean): void => {
      cpSync(join(projectRoot, path), join(root, path), { recursive: true, filter });
    };
    copy('test/charts', (path) => !path.endsWith('.ts'));
    for (const path of ['test/support', 'test/charts/prometheus/alerts/platform.ts', ...updated, ...asking]) copy(path);
    writeFiles(root, redis.files);
    for (const change of redis.edits) edit(root, ...change);
    own = await jestIn(root, 'test/charts/redis/redis.test.ts');
    changed = touched(root);
    outcomes = await jestInOne(root, [...updated, ...asking], '--updateSnapshot');
    code = load(root);
  }, 120_000);

  test('takes eight files by hand, beside its snapshot', () => {
    expect(changed).toEqual([
      'charts/platform.ts',
      'charts/redis/redis.ts',
      'charts/redis/service.ts',
      'charts/services.ts',
      'test/charts/redis/__snapshots__/redis.test.ts.snap',
      'test/charts/redis/redis.test.ts',
      'test/lib/config/defaults.test.ts',
      'test/support/complete-config.ts',
      'test/support/mutations.ts',
    ]);
  });

  test('is then complete for the compiler', async () => {
    expect(await compile(root, ['charts', 'test'])).toBe('');
  }, 120_000);

  test('passes its own test, and those that show it once their snapshots are updated', () => {
    expect(own.message).toBe('');
    expect([...outcomes.values()].flatMap(({ failures }) => failures)).toEqual([]);
  });

  test.each(updated)('is all that is new in the snapshots of %s', (file) => {
    const linesOf = (snapshots: object): string[] => Object.values(snapshots).join('\n').split('\n');
    const before = linesOf(snapshotsIn(join(projectRoot, snapshotFile(file))));
    const after = linesOf(outcomes.get(file)?.snapshots ?? {});
    const others = after.map((line) => line.replaceAll('team-a-redis|', ''));
    expect(before.filter((line) => !others.includes(line))).toEqual([]);
    const added = after.filter((line) => !before.includes(line));
    expect(added.filter((line) => !/redis/i.test(line))).toEqual([]);
    expect(after).not.toEqual(before);
  });

  test('gets a file of the output, in its wave', async () => {
    const files = await code.output(nothingElse);
    expect(files.map(({ name }) => name)).toEqual(['00-namespaces.yaml', '05-network-policies.yaml', '40-redis.yaml']);
    expectYaml(files.at(-1)?.objects);
  });

  test('is switched off by its key, and a misspelled key is refused', async () => {
    const off = merge(nothingElse, { services: { redis: false, kafka: {} } }) as object;
    expect((await code.output(off)).map(({ name }) => name)).toEqual([
      '00-namespaces.yaml',
      '05-network-policies.yaml',
      '40-kafka.yaml',
    ]);
    expect(() => code.parseConfig({ ...usual, services: { reddis: {} } })).toThrow(/services\.reddis: .*redis/);
  });

  test('has its image listed, and takes another one', async () => {
    expect(code.imageCatalog.pins).toMatchObject({ redis: { repository: 'library/redis', tag: '7.2.5' } });
    const images = { overrides: { redis: 'own.example.org/redis:8' } };
    const { image } = containerOf(await code.output({ ...nothingElse, images }));
    expect(image).toBe('own.example.org/redis:8');
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
