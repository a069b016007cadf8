import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { locate, type Tool } from '../../../lib/helm/binary';
import { projectRoot } from '../../../lib/project';
import { temporaryFolder } from '../../support/temporary';

const folder = temporaryFolder();
const program = '#!/bin/sh\necho packaged\n';

const tool: Tool = {
  name: 'probe',
  version: '1.2.3',
  sha256: createHash('sha256').update(program).digest('hex'),
  versionArguments: ['version', '--short'],
  accepts: /^v1\./,
  install: 'https://probe.example.org/install',
};

/** A zip archive as PKWARE's APPNOTE describes it, with the checksums left out: nobody here reads them. */
function zip(files: Readonly<Record<string, string>>, method: 0 | 8): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = method === 8 ? deflateRawSync(content) : Buffer.from(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const extra = Buffer.from('extra');
    const local = Buffer.from(common);
    local.writeUInt16LE(extra.length, 24);
    const body = Buffer.concat([Buffer.from('PK\x03\x04'), local, Buffer.from(name), extra, data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02'), Buffer.alloc(2), common, rest, Buffer.from(name));
    bodies.push(body);
    offset += body.length;
  }
  return Buffer.concat([...bodies, ...directory]);
}

let count = 0;

function source(
  files: Readonly<Record<string, string>> = { 'probe/README': 'x', 'probe/probe': program },
  method: 0 | 8 = 8,
) {
  count += 1;
  const archive = join(folder, `${count}.zip`);
  writeFileSync(archive, zip(files, method));
  return { archive, folder: join(folder, `bin-${count}`) };
}

test.each([
  ['compressed', 8],
  ['stored', 0],
] as const)('a program that is %s in the archive is unpacked, ready to run', async (_, method) => {
  const from = source(undefined, method);
  const path = await locate(tool, from);
  expect(readFileSync(path, 'utf8')).toBe(program);
  expect(statSync(path).mode & 0o777).toBe(0o755);
  expect(readdirSync(from.folder)).toEqual(['probe-1.2.3']);
});

test('it is unpacked once', async () => {
  const from = source();
  const path = await locate(tool, from);
  const { mtimeMs, ino } = statSync(path);
  expect(await locate(tool, { ...from, archive: '/nonexistent' })).toBe(path);
  expect(statSync(path)).toMatchObject({ mtimeMs, ino });
});

test('a later process that finds it unchanged does not read it again, and one that finds it changed does', async () => {
  const from = source();
  const path = await locate(tool, from);
  await inProcess('', from);
  const verdict = readFileSync(`${path}.verified`, 'utf8');
  const other = { ...tool, sha256: 'f'.repeat(64) };
  await expect(locate(other, from)).rejects.toThrow('expected ffff');
  writeFileSync(`${path}.verified`, verdict.replace(tool.sha256, other.sha256));
  expect(await locate(other, from)).toBe(path);
  appendFileSync(path, 'x');
  await expect(locate(other, from)).rejects.toThrow('expected ffff');
});

test('a record that somebody else brings along with a program, as in a restored cache, is not believed', async () => {
  const from = source();
  const path = await locate(tool, from);
  await inProcess('', from);
  const elsewhere = { ...from, folder: `${from.folder}-restored` };
  // Replaced, and recorded as what is expected.
  writeFileSync(path, '#!/bin/sh\necho malicious\n');
  const { mtimeMs, ctimeMs, size, ino } = statSync(path);
  writeFileSync(`${path}.verified`, [tool.sha256, mtimeMs, ctimeMs, size, ino].join());
  cpSync(from.folder, elsewhere.folder, { recursive: true, preserveTimestamps: true });
  expect(await inProcess('', elsewhere)).toEqual({ path: join(elsewhere.folder, 'probe-1.2.3') });
  expect(readFileSync(join(elsewhere.folder, 'probe-1.2.3'), 'utf8')).toBe(program);
});

test.each([
  ['was damaged', (path: string) => appendFileSync(path, 'x')],
  ['was put there by somebody else', (path: string) => writeFileSync(path, '#!/bin/sh\necho malicious\n')],
  ['may not be executed any more', (path: string) => chmodSync(path, 0o644)],
])('one that %s is not started: it is unpacked again', async (_, change) => {
  const from = source();
  change(await locate(tool, from));
  const path = await locate(tool, from);
  expect(readFileSync(path, 'utf8')).toBe(program);
  expect(statSync(path).mode & 0o777).toBe(0o755);
});

test('a program of another content than expected is refused, and nothing is left of it', async () => {
  const from = source({ 'probe/probe': `${program}echo malicious\n` });
  const changed = createHash('sha256').update(`${program}echo malicious\n`).digest('hex');
  await expect(locate(tool, from)).rejects.toThrow(
    `${from.archive}: probe has sha256 ${changed}, expected ${tool.sha256}. Delete node_modules and run npm ci.`,
  );
  expect(() => readdirSync(from.folder)).toThrow('ENOENT');
});

test('an archive without the program is refused', async () => {
  await expect(locate(tool, source({ 'probe/other': program }))).rejects.toThrow('no probe/probe in the archive');
});

test('a folder that cannot be written is an error that says so', async () => {
  await expect(locate(tool, { ...source(), folder: join(folder, '1.zip/bin') })).rejects.toThrow(
    /ENOTDIR.*1\.zip.*Name a folder of your own in XDG_CACHE_HOME/,
  );
});

// PATH is looked up in the environment of the real process, so these need a process of their own.
interface Outcome {
  readonly path?: string;
  readonly error?: string;
}

function inProcess(PATH: string, from: { archive?: string; folder: string }): Promise<Outcome> {
  const script = `
    const { locate } = require(${JSON.stringify(join(projectRoot, 'lib/helm/binary.ts'))});
    const tool = { ...${JSON.stringify(tool)}, accepts: ${String(tool.accepts)} };
    locate(tool, ${JSON.stringify(from)}).then(
      (path) => console.log(JSON.stringify({ path })),
      (error) => console.log(JSON.stringify({ error: error.message })),
    );`;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--require', 'tsx/cjs', '--eval', script], {
      cwd: projectRoot,
      env: { PATH },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('close', () => {
      resolve(output.startsWith('{') ? (JSON.parse(output) as Outcome) : { error: output });
    });
  });
}

test('without a package the program in PATH is taken, if there is one of a version that fits', async () => {
  const path = (name: string, script: string): string => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'probe'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name, 'probe'), 0o755);
    return join(folder, name);
  };
  const nowhere = { folder: join(folder, 'none') };
  const hint = 'Install probe 1.2.3 (https://probe.example.org/install) and put it in PATH.';
  expect(
    await Promise.all([
      inProcess(path('fits', '[ "$*" = "version --short" ] && echo v1.9.0'), nowhere),
      inProcess(path('old', 'echo v0.8.1'), nowhere),
      inProcess(path('broken', 'exit 1'), nowhere),
      inProcess(join(folder, 'empty'), nowhere),
    ]),
  ).toEqual([
    { path: 'probe' },
    { error: `probe in PATH is v0.8.1, not supported. ${hint}` },
    { error: `probe not found: npm brings it for Linux x64 only. ${hint}` },
    { error: `probe not found: npm brings it for Linux x64 only. ${hint}` },
  ]);
});

test('first uses at once all get a whole program, and leave nothing else', async () => {
  const from = source();
  const uses = await Promise.all([1, 2, 3].map(() => inProcess('', from)));
  expect(uses).toEqual([1, 2, 3].map(() => ({ path: join(from.folder, 'probe-1.2.3') })));
  for (const file of readdirSync(from.folder)) expect(['probe-1.2.3', 'probe-1.2.3.verified']).toContain(file);
  expect(readFileSync(join(from.folder, 'probe-1.2.3'), 'utf8')).toBe(program);
});
