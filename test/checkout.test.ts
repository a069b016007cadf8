import { chmodSync, readFileSync, readdirSync, realpathSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from '../charts/config';
import { synthesize } from '../charts/synthesize';
import { copyProject, filesIn, nodeArguments, run, synth } from './support/cli';
import { elsewhere } from './support/elsewhere';
import { temporaryFolder } from './support/temporary';
import { usual } from './support/usual-config';

// A checkout is not always what was committed: git changes line ends, editors add marks, file systems lose modes. None of
// that may reach the output, where it would restart databases.

const folder = temporaryFolder();
let count = 0;

/** A copy of the project with every text of it changed, as a checkout changes texts. */
function checkout(change: (text: Buffer) => Buffer, mode?: number): string {
  count += 1;
  const root = copyProject(join(folder, `checkout-${count}`));
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => !/^node_modules/.test(path));
  // A chart is linked from another one, and would be changed twice.
  for (const file of new Set(paths.map((path) => realpathSync(join(root, path))))) {
    if (!statSync(file).isFile()) continue;
    writeFileSync(file, change(readFileSync(file)));
    if (mode !== undefined) chmodSync(file, mode);
  }
  return root;
}

/** What a synthesis of the copy gives: its cache is empty. */
async function outputOf(root: string): Promise<Record<string, string>> {
  const { code, stderr } = await synth([], { root });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return filesIn(join(root, 'dist'));
}

let expected: Readonly<Record<string, string>>;

beforeAll(async () => {
  expected = Object.fromEntries((await synthesize(parseConfig(usual))).contents);
});

const crlf = (text: Buffer): Buffer => Buffer.from(text.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
const marked = (text: Buffer): Buffer => Buffer.concat([Buffer.from('\ufeff'), text]);

test.each<[string, (text: Buffer) => Buffer, number | undefined]>([
  ['the line ends of Windows and everything executable', crlf, 0o777],
  ['the mark of UTF-8 in front of every file and nothing executable', marked, 0o600],
])('a checkout with %s gives the same bytes', async (_, change, mode) => {
  expect(await outputOf(checkout(change, mode))).toEqual(expected);
});

test('a checkout with both, behind a link, of a user elsewhere whose umask closes everything, gives the same bytes', async () => {
  const root = checkout((text) => marked(crlf(text)));
  const link = join(folder, 'link of another user');
  symlinkSync(root, link);
  const command = nodeArguments('synth', ['--config', join(link, 'config.ts'), '--out', join(link, 'dist')], link);
  const closed = ['-c', 'umask 077; exec "$@"', 'sh', process.execPath, ...command];
  const { code, stderr } = await run('sh', closed, elsewhere(folder));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(filesIn(join(root, 'dist'))).toEqual(expected);
});
