import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheOf, kept, type Say, succeed } from '../../kept';

/** Folder with the program of one file beside this one: `<name>/main.go`. */
export async function ownProgram(name: string, say: Say): Promise<string> {
  const source = join(__dirname, name, 'main.go');
  return kept(cacheOf('node'), name, [readFileSync(source, 'utf8'), process.arch], async (into) => {
    say(`${name}: building the program (once) …`);
    const env = { CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' };
    await succeed('go', ['build', '-trimpath', '-ldflags', '-s -w', '-o', join(into, name), source], { env });
  });
}
