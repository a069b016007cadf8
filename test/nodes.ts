import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engines } from '../package.json';
import { projectRoot } from '../lib/project';

// Runs what depends on the version of Node.js on every one that package.json names: the tests of the commands and of the
// output, and a synthesis, whose bytes must be those of dist/. npx brings each version; one that it cannot bring is
// skipped, and said so. The exit code is 1 if anything failed, or if no version could be had.

const majors = [...engines.node.matchAll(/(?<![.\d])\d+/g)].map(([major]) => major);
const tests = ['test/cli', 'test/lib/output', 'test/lib/files', 'test/programs', 'test/dist.test.ts'];

/** Runs a command with a version of Node.js, its output on the terminal. Gives whether it succeeded. */
function runs(major: string, command: readonly string[]): boolean {
  const args = ['--yes', '--package', `node@${major}`, '--', ...command];
  return spawnSync('npx', args, { cwd: projectRoot, stdio: 'inherit' }).status === 0;
}

/** Makes the committed output again, in a folder of its own. Gives the files that differ. */
function differences(major: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'mlops-infra-nodes-'));
  try {
    const out = join(folder, 'dist');
    if (!runs(major, ['node', 'cli/launch.cjs', 'synth', '--out', out])) return ['no output'];
    const dist = join(projectRoot, 'dist');
    const names = new Set([...readdirSync(out), ...readdirSync(dist)]);
    return [...names].filter((name) => read(join(out, name)) !== read(join(dist, name)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function verdictOn(major: string): string {
  if (!runs(major, ['node', '--version'])) return 'skipped';
  const different = differences(major);
  if (different.length > 0) return `failed: dist/ would differ in ${different.join(', ')}`;
  return runs(major, ['node', 'node_modules/jest/bin/jest.js', ...tests]) ? 'passed' : 'failed: see the tests above';
}

const lines = majors.map((major) => {
  const start = performance.now();
  const verdict = verdictOn(major);
  const seconds = Math.round((performance.now() - start) / 1000);
  return `Node.js ${major}: ${verdict === 'skipped' ? 'SKIPPED, npx could not bring it' : `${verdict}, ${seconds} s`}`;
});
process.stdout.write(`\n${lines.join('\n')}\n`);
const passed = lines.filter((line) => line.includes(': passed'));
if (passed.length === 0 || lines.some((line) => line.includes(': failed'))) process.exitCode = 1;
