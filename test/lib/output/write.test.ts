import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { foreignIn } from '../../../lib/output/folder';
import { writeFolder } from '../../../lib/output/write';
import { asNobody, nobody } from '../../support/nobody';
import { writeFiles } from '../../support/temporary';
import {
  beside,
  call,
  contents,
  filesIn,
  first,
  manifest,
  mine,
  newFolder,
  runScript,
  second,
  temporary,
} from './folders';

test('a folder that is not there is made, with its parents', () => {
  const folder = newFolder();
  expect(writeFolder(folder, contents(first))).toBe(true);
  expect(filesIn(folder)).toEqual(first);
  expect(beside(folder)).toEqual([]);
});

test('a folder is replaced as a whole: no file of an earlier run stays', () => {
  const folder = newFolder();
  writeFolder(folder, contents(first));
  expect(writeFolder(folder, contents(second))).toBe(true);
  expect(filesIn(folder)).toEqual(second);
  expect(beside(folder)).toEqual([]);
});

test('a folder that holds the same already is not touched', () => {
  const folder = newFolder();
  writeFolder(folder, contents(first));
  const before = { dir: statSync(folder), file: statSync(join(folder, '00-a.yaml')) };
  const longAgo = new Date('2001-01-01');
  utimesSync(join(folder, '00-a.yaml'), longAgo, longAgo);
  expect(writeFolder(folder, contents(first))).toBe(false);
  expect(statSync(folder)).toMatchObject({ ino: before.dir.ino, mtimeMs: before.dir.mtimeMs });
  expect(statSync(join(folder, '00-a.yaml'))).toMatchObject({ ino: before.file.ino, mtimeMs: longAgo.getTime() });
});

test.each([
  ['one byte differs', { '00-a.yaml': manifest('a2') }],
  ['git has left a conflict', { '00-a.yaml': `<<<<<<< ours\n${manifest('a1')}=======\nb\n>>>>>>> theirs\n` }],
  ['a file is missing', { '00-a.yaml': undefined }],
  ['there is one more', { '99-x.yaml': '' }],
])('a folder in which %s is replaced', (_, difference: Record<string, string | undefined>) => {
  const folder = newFolder();
  writeFolder(folder, contents(first));
  for (const [name, content] of Object.entries(difference)) {
    if (content === undefined) rmSync(join(folder, name));
    else writeFileSync(join(folder, name), content);
  }
  expect(writeFolder(folder, contents(first))).toBe(true);
  expect(filesIn(folder)).toEqual(first);
});

test('everybody may read what was written', () => {
  const folder = newFolder();
  const script = `process.umask(0o022); ${call(folder, first)}`;
  expect(runScript(script).status).toBe(0);
  expect(statSync(folder).mode & 0o777).toBe(0o755);
  expect(statSync(join(folder, '00-a.yaml')).mode & 0o777).toBe(0o644);
});

test.each([
  ['a file of somebody else', (folder: string) => writeFiles(folder, { 'notes.txt': 'mine' }), 'notes.txt'],
  [
    'a manifest under another name',
    (folder: string) => writeFiles(folder, { 'kustomization.yaml': '' }),
    'kustomization.yaml',
  ],
  ['a folder', (folder: string) => mkdirSync(join(folder, '00-z.yaml')), '00-z.yaml'],
  ['a link', (folder: string) => symlinkSync(temporary, join(folder, '00-b.yaml')), '00-b.yaml'],
  [
    'many files of somebody else',
    (folder: string) => writeFiles(folder, { a: '', b: '', c: '', d: '', e: '' }),
    '(a, b, c and 2 more)',
  ],
])(
  'a folder that holds nothing but %s is refused: with a mistyped name the files would be among others',
  (_, add, named) => {
    const folder = newFolder();
    mkdirSync(folder, { recursive: true });
    add(folder);
    const before = readdirSync(folder);
    expect(() => writeFolder(folder, contents(first))).toThrow('holds nothing that a synthesis has written');
    expect(() => writeFolder(folder, contents(first))).toThrow(named);
    expect(readdirSync(folder)).toEqual(before);
    expect(beside(folder)).toEqual([]);
  },
);

describe('what no synthesis has written stays as it is', () => {
  test('beside the manifests, in folders too, and is named', () => {
    const folder = newFolder();
    writeFolder(folder, contents(first));
    writeFiles(folder, mine);
    symlinkSync('/nowhere', join(folder, 'link'));
    mkdirSync(join(folder, 'closed'), { mode: 0o700 });
    const before = ['notes.txt', 'deep/er/file'].map((name) => statSync(join(folder, name)));
    expect(writeFolder(folder, contents(first))).toBe(false);
    expect(writeFolder(folder, contents(second))).toBe(true);
    expect(foreignIn(folder)).toEqual(['50-mine.yaml', 'closed', 'deep', 'link', 'notes.txt']);
    expect(readdirSync(folder).filter((name) => name in second)).toEqual(Object.keys(second));
    for (const [name, content] of Object.entries(mine)) expect(readFileSync(join(folder, name), 'utf8')).toBe(content);
    const after = ['notes.txt', 'deep/er/file'].map((name) => statSync(join(folder, name)));
    expect(after.map(({ ino, mtimeMs }) => [ino, mtimeMs])).toEqual(before.map(({ ino, mtimeMs }) => [ino, mtimeMs]));
    expect(readlinkSync(join(folder, 'link'))).toBe('/nowhere');
    expect(statSync(join(folder, 'closed')).mode & 0o777).toBe(0o700);
    expect(beside(folder)).toEqual([]);
  });

  test.each([
    ["a file of one's own", mine['50-mine.yaml']],
    ["a manifest with an object of one's own", `${manifest('d2')}---\n${mine['50-mine.yaml']}`],
  ])('%s under the name of a manifest is an error that names it', (_, text) => {
    const folder = newFolder();
    writeFolder(folder, contents(first));
    writeFiles(folder, { '30-d.yaml': text });
    expect(() => writeFolder(folder, contents(second))).toThrow(/30-d\.yaml would be overwritten/);
    expect(filesIn(folder)).toEqual({ ...first, '30-d.yaml': text });
  });
});

test.each(['dist', 'not-there'])('a link is written through, to %s', (name) => {
  const folder = newFolder();
  const link = join(dirname(folder), 'link');
  const target = join(dirname(folder), name);
  writeFolder(folder, contents(first));
  symlinkSync(name, link);
  expect(writeFolder(link, contents(second))).toBe(true);
  expect(readlinkSync(link)).toBe(name);
  expect(filesIn(target)).toEqual(second);
});

asNobody('where the parent cannot be written, a folder inside is named', () => {
  const folder = newFolder();
  mkdirSync(folder, { recursive: true });
  for (const path of [temporary, dirname(dirname(folder)), dirname(folder)]) chmodSync(path, 0o755);
  chmodSync(folder, 0o777);
  const { stderr } = runScript(call(folder, first), { uid: nobody, gid: nobody });
  expect(stderr).toContain(`Give a folder inside it: --out ${join(folder, 'manifests')}`);
  expect(readdirSync(folder)).toEqual([]);
});

test('an empty folder may be filled', () => {
  const folder = newFolder();
  mkdirSync(folder, { recursive: true });
  expect(writeFolder(folder, contents(first))).toBe(true);
});
