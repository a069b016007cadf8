import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from '../../charts/config';
import { objectsOf } from '../../lib/checks/output';
import { projectRoot } from '../../lib/project';
import { richConfig } from '../integration/cluster/platform';
import { grantedIn } from '../support/granted';
import { assemble } from '../support/output';

/** The list of docs/security.md: account → the first sentence about it. */
function documented(): Record<string, string> {
  const text = readFileSync(join(projectRoot, 'docs/security.md'), 'utf8');
  const [, section = ''] = text.split('\n## What can whoever takes over a pod do?\n');
  const items = (section.split('\n## ')[0] ?? '').split('\n- ').map((item) => item.replace(/\s+/g, ' '));
  const accounts = items.map((item) => /^`([^`]+)` (.+?)\. /.exec(item)).filter((match) => match !== null);
  return Object.fromEntries(accounts.map(([, account = '', rights = '']) => [account, rights]));
}

test('docs/security.md says of every account what it may write, and whose Secrets it may read', async () => {
  const output = await assemble(parseConfig(richConfig));
  expect(documented()).toEqual(grantedIn(objectsOf(output)));
});
