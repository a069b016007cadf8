import { equip } from './equipment';

/** Finds, fetches and builds the programs that the tests start. */
export default async function setup(): Promise<void> {
  await equip((line) => void process.stderr.write(`${line}\n`));
}
