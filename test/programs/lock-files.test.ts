import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../lib/project';

const files = execFileSync('git', ['ls-files', '*requirements*.lock', '*requirements*.txt'], {
  cwd: projectRoot,
  encoding: 'utf8',
})
  .trim()
  .split('\n');

test.each(files)(
  '%s installs the same on every machine: exact versions with hashes, and no place of its own',
  (file) => {
    const requirements = readFileSync(join(projectRoot, file), 'utf8')
      .replace(/\\\n/g, ' ')
      .split('\n')
      .map((line) => line.replace(/#.*/, '').trim())
      .filter((line) => line !== '');
    expect(requirements.length).toBeGreaterThan(0);
    const pinned = /^[\w.-]+(\[[\w,-]+\])?==\S+( +--hash=sha256:[0-9a-f]{64})+$/;
    expect(requirements.filter((line) => !pinned.test(line))).toEqual([]);
  },
);
