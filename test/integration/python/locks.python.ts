import { join } from 'node:path';
import { folderOf, without } from '../loop/equipment';
import { run } from '../../support/cli';
import { tools } from './setup';

// Lock files are installed as they are: what they leave out, nobody would look for.
for (const tool of tools.filter((one) => one !== 'kafka')) {
  const missing = without(tool);
  const given = missing === '' ? test : test.skip;
  given(`the lock file of ${tool} names all that its packages need, in versions that fit${missing}`, async () => {
    const { stdout, stderr } = await run(join(folderOf(tool), 'python'), ['-m', 'pip', 'check']);
    expect(`${stdout}${stderr}`).toBe('No broken requirements found.\n');
  });
}
