import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { originalCharts } from '../../charts/catalog';
import { helmCharts } from '../../charts/config';
import { sha256 } from '../lib/helm/archives/servers';
import { Workspace } from '../lib/helm/archives/workspace';
import {
  copyProject,
  filesIn,
  nodeArguments,
  onlyKafka,
  type Outcome,
  run,
  runCommand,
  shareCaches,
  writeConfig,
} from '../support/cli';
import { temporaryFolder } from '../support/temporary';

// What can go wrong with the Helm charts of others and with helm itself, as a user sees it: in a checkout of its own,
// where our chart of Kafka stands in for the original one.

const folder = temporaryFolder();
const root = join(folder, 'checkout');
const archives = join(folder, 'archives');
const place = join(folder, 'output');
const dist = join(place, 'dist');
const services = { ...onlyKafka.services, minio: {} };
const bundled = writeConfig(join(folder, 'bundled.json'), { services });
const upstream = writeConfig(join(folder, 'upstream.json'), {
  services,
  charts: { default: 'bundled', kafka: 'upstream' },
});
const version: string = helmCharts.kafka.original.version;
const archive = join(archives, `kafka-${version}.tgz`);
const cache = join(root, 'node_modules/.cache/mlops-infra');
const workspace = new Workspace();
let good: Buffer;
let written: Record<string, string>;
let path = process.env.PATH;

const synth = (config: string, prefix: readonly string[] = []) => {
  const [program = '', ...args] = [
    ...prefix,
    process.execPath,
    ...nodeArguments('synth', ['--config', config, '--out', dist], root),
  ];
  return run(program, args, { cwd: root, env: { MLOPS_CHARTS: archives, PATH: path } });
};

/** Puts an archive into the store, with a lock that knows these bytes, or others. */
function put(content: Buffer, { locked = content, lockedVersion = version } = {}): void {
  writeFileSync(archive, content);
  const lock = { kafka: { version: lockedVersion, source: 'imported', sha256: sha256(locked) } };
  writeFileSync(join(root, 'charts.lock.json'), JSON.stringify(lock));
}

/** What a synthesis says that fails, and leaves everything as it was. */
async function failure(config = upstream, prefix?: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await synth(config, prefix);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).not.toMatch(/^ +at .*\d+:\d+/m);
  expect(filesIn(dist)).toEqual(written);
  expect(readdirSync(place)).toEqual(['dist']);
  return stderr;
}

beforeAll(async () => {
  copyProject(root);
  shareCaches(root);
  mkdirSync(archives);
  mkdirSync(place);
  good = (await workspace.package('kafka', version, { schema: false })).archive;
  expect(await synth(bundled)).toMatchObject({ code: 0, stderr: '' });
  written = filesIn(dist);
});

afterAll(() => workspace.remove());

test('every archive that is missing is named, with the command that gets them', async () => {
  const config = writeConfig(join(folder, 'all.json'), { charts: 'upstream' });
  const message = await failure(config);
  const used = originalCharts.filter(({ name }) => !name.startsWith('nfs'));
  expect(message).toContain(`The original Helm charts have ${used.length} problems:\n`);
  for (const chart of used) expect(message).toContain(`  ${chart.name} ${chart.version}: no archive ${archives}/`);
  expect(message).toMatch(/\nRun: npm run charts -- pull .* import FOLDER\)\nNothing was written\.\n$/);
});

test('an archive with another digest than the locked one is refused with both', async () => {
  const changed = Buffer.concat([good, Buffer.from('x')]);
  put(changed, { locked: good });
  const message = await failure();
  expect(message).toContain(
    `  kafka ${version}: ${archive} has sha256 ${sha256(changed)}, ${root}/charts.lock.json says ${sha256(good)}\n`,
  );
  expect(message).toMatch(/Nothing was written\.\n$/);
});

test('an archive that the lock knows in another version only is refused', async () => {
  put(good, { lockedVersion: '0.0.1' });
  expect(await failure()).toContain(`  kafka ${version}: ${archive} is not in ${root}/charts.lock.json\n`);
});

test('a lock that is damaged is one error, which a pull would not mend', async () => {
  put(good);
  writeFileSync(join(root, 'charts.lock.json'), '{}}');
  const message = await failure();
  expect(message).toMatch(/^\S+charts\.lock\.json: not a lock of Helm charts \(.*\n?.*git restore charts\.lock\.json/);
  expect(message).toMatch(/if not, delete it: .*\nNothing was written\.\n$/);
  expect(message).not.toContain('charts -- pull');
});

test('an import prints what it has recorded, and says to commit the lock', async () => {
  const brought = join(folder, 'brought.tgz');
  writeFileSync(brought, good);
  rmSync(join(root, 'charts.lock.json'), { force: true });
  const bring = (): Promise<Outcome> =>
    runCommand('charts', ['import', brought], { root, env: { MLOPS_CHARTS: archives } });
  const { code, stdout } = await bring();
  expect(code).toBe(0);
  const digest = sha256(good);
  expect(stdout).toContain(`✓ kafka ${version}  new, recorded in charts.lock.json: sha256 ${digest}\n`);
  expect(stdout).toMatch(/trusted as it came: .* commit charts\.lock\.json, .*\n$/);
  expect((await bring()).stdout).toBe(`✓ kafka ${version}  as locked\n`);
});

test('a folder in the place of an archive is named', async () => {
  put(good);
  rmSync(archive);
  mkdirSync(archive);
  const message = await failure();
  rmSync(archive, { recursive: true });
  expect(message).toContain(`  ${archive}: cannot be read: EISDIR: `);
  expect(message).toMatch(/Nothing was written\.\n$/);
});

test.each([
  ['half an archive', () => good.subarray(0, good.length / 2), /unable to load chart archive/],
  ['no archive', () => Buffer.from('<html>Please log in</html>'), /does not appear to be a gzipped archive/],
])('%s, as the lock has it, is what helm says of it', async (_, content, said) => {
  put(content());
  const message = await failure();
  expect(message).toContain(`kafka/release: helm could not render kafka ${version} (release "kafka"):\n`);
  expect(message).toMatch(said);
  expect(message).toMatch(/Nothing was written\.\n$/);
});

test('values that the schema of the chart refuses are told as helm tells them', async () => {
  put((await workspace.package('postgresql', version)).archive);
  const message = await failure();
  expect(message).toContain(`helm could not render kafka ${version}`);
  expect(message).toContain("values don't meet the specifications of the schema");
  expect(message).toMatch(/listeners.* not allowed/);
});

describe('a helm that', () => {
  const bin = join(folder, 'bin');
  const helm = (script: string): void => {
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'helm'), `#!/bin/sh\nif [ "$1" = version ]; then echo v4.2.3; exit; fi\n${script}\n`);
    chmodSync(join(bin, 'helm'), 0o755);
  };
  const packaged = join(root, 'node_modules/@aws-cdk');
  const aside = join(root, 'aside');

  // Where npm brings no helm, the one in PATH is taken.
  beforeAll(() => {
    put(good);
    for (const name of ['bin', 'helm', 'yaml']) rmSync(join(cache, name)); // Links to what other tests have made.
    renameSync(packaged, aside);
    path = [bin, process.env.PATH].join(delimiter);
  });

  afterAll(() => {
    renameSync(aside, packaged);
    path = process.env.PATH;
  });

  test.each([
    ['is killed', 'kill -9 $$', 'helm ended with SIGKILL and said nothing'],
    ['crashes', 'kill -SEGV $$', 'helm ended with SIGSEGV and said nothing'],
    ['says why it fails', 'echo "no more handles" >&2; exit 3', 'no more handles'],
    ['prints 50 MB', 'head -c 50000000 /dev/zero | tr "\\0" "#"', 'helm printed more than 16 MB and was stopped'],
    ['prints what is no YAML', 'echo "a: ["', '(2:1)'],
  ])('%s is an error of every release', async (_, script, said) => {
    helm(script);
    const message = await failure();
    expect(message).toContain(`kafka/release: helm could not render kafka ${version} (release "kafka"):\n`);
    expect(message).toContain('minio/release: helm could not render');
    expect(message).toContain(said);
    expect(message.length).toBeLessThan(20_000);
    expect(message).toMatch(/Nothing was written\.\n$/);
  });
});

test('a disk that takes no more is an error that names what was to be written', async () => {
  put(good);
  // Half of what the largest file needs: the limit is in blocks of 512 bytes, or of 1,024 in some shells.
  const largest = Math.max(...Object.values(written).map((text) => Buffer.byteLength(text)));
  const limited = ['sh', '-c', `trap '' XFSZ; ulimit -f ${Math.floor(largest / 2048)}; exec "$@"`, 'limited'];
  rmSync(join(cache, 'bin'), { recursive: true, force: true });
  expect(await failure(upstream, limited)).toMatch(
    /bin\/helm-\S+: cannot be written: EFBIG: .*Nothing was written\.\n$/,
  );
  await synth(bundled);
  expect(await failure(upstream, limited)).toMatch(/dist: cannot be written: EFBIG: .*\. Nothing was written\.\n$/);
});

test('with the archive in place it writes, and says from which chart', async () => {
  put(good);
  const { code, stderr } = await synth(upstream);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(filesIn(dist)['40-kafka.yaml']).toContain(`mlops-infra/chart: kafka-${version}`);
});
