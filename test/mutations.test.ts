import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../lib/project';
import { copyProject } from './support/cli';
import { edit } from './support/copies';
import { jestInOne, type Outcome } from './support/jest-in-copy';
import { mutations } from './support/mutations';
import { temporaryFolder } from './support/temporary';

// The snapshots themselves are tested here: they have to notice a fault that is planted in their service.

describe('the snapshots of a service show a wrong line of its source', () => {
  const folder = join(temporaryFolder(), 'copy');
  const files = [...new Set(mutations.map(({ test: file }) => file))];
  let outcomes: ReadonlyMap<string, Outcome>;

  // All at once, in one copy: no fault hides another.
  beforeAll(async () => {
    copyProject(folder);
    for (const part of ['charts', 'support'])
      cpSync(join(projectRoot, 'test', part), join(folder, 'test', part), { recursive: true });
    for (const { source, right, wrong } of mutations) edit(folder, source, right, wrong);
    outcomes = await jestInOne(folder, files, '--ci');
  });

  test.each(mutations)('$what', ({ test: file, shown }) => {
    const messages = outcomes.get(file)?.failures.join('\n') ?? '';
    const surplus = messages.matchAll(/^ *\+ +(?:- )?(.*)$/gm);
    expect([...surplus].map(([, line]) => line)).toContain(shown);
  });
});
