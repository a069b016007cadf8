import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../lib/project';
import { versionOf } from '../lib/upkeep/release';
import { kinds } from './support/version-mentions';
import { pinOf } from './support/version-names';

// The version of a program is pinned once. Whatever else names it has to follow, and is found here by what it looks
// like: prose, the Helm charts' own defaults, lock files, the programs that tests run. What cites a source, as
// `Seldon Core 1.17.1, operator/…`, says where a fact was read and stays.

const brought = ['node_modules', 'dist', 'imports'];

const filesBelow = (folder: string): string[] =>
  readdirSync(join(projectRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (!entry.isDirectory()) return entry.isFile() ? [path] : [];
    return entry.name.startsWith('.') || brought.includes(entry.name) ? [] : filesBelow(path);
  });

const files = filesBelow('');

test.each(kinds)('$what: each version is the one that is pinned', (kind) => {
  let mentions = 0;
  const problemsIn = (file: string): string[] => {
    const content = readFileSync(join(projectRoot, file), 'utf8');
    return [...content.matchAll(kind.text)].flatMap((match, nth) =>
      kind.read(match.slice(1), file, nth).flatMap(([program, found]) => {
        mentions += 1;
        const line = content.slice(0, match.index + match[0].length).split('\n').length;
        if (program === undefined) return [`${file}:${line}: ${found} is of a program that this test does not know`];
        const { version, where } = pinOf(program);
        const expected = versionOf(version);
        if (versionOf(found) === expected || (kind.short === true && expected.startsWith(`${found}.`))) return [];
        return [`${file}:${line}: ${found}, expected ${expected}: ${where}`];
      }),
    );
  };
  expect(files.filter((file) => kind.files.test(file)).flatMap(problemsIn)).toEqual([]);
  expect(mentions).toBeGreaterThan(0);
});
