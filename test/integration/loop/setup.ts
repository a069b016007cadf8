import { join } from 'node:path';
import { equip, find } from './equipment';
import { tools } from './teardown';

/** Finds, fetches and builds the programs that the tests start. */
export default async function setup(): Promise<void> {
  await equip(tools, (line) => void process.stderr.write(`${line}\n`));
  const promtool = find('promtool');
  // For the tests of the alert rules, which take any promtool.
  if ('folder' in promtool) process.env.MLOPS_PROMTOOL = join(promtool.folder, 'promtool');
}
