import { equip } from './equipment';
import { tools } from './teardown';

/** Finds, fetches and builds the programs that the tests start. */
export default async function setup(): Promise<void> {
  await equip(tools, (line) => void process.stderr.write(`${line}\n`));
}
