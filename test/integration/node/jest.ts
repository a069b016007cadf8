import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../lib/project';

/** Exit codes in place of the tests': no node can be made here, and another run is at it. */
export const codes = { notToBeHad: 75, another: 76 };

/**
 * Runs each file of tests to its end, one after the other, with the arguments of this process.
 *
 * @param within what starts each
 * @returns the first exit code that is not 0
 */
export function runTests(within: readonly string[], env: Readonly<Record<string, string>>): number {
  const files = readdirSync(__dirname).filter((name) => name.endsWith('.node.ts'));
  const ended = files.sort().map((file) => runFile(join(__dirname, file), within, env));
  return ended.find((code) => code !== 0) ?? 0;
}

function runFile(file: string, within: readonly string[], env: Readonly<Record<string, string>>): number {
  const config = join(__dirname, 'jest.config.cjs');
  const jest = [join(projectRoot, 'node_modules/jest/bin/jest.js'), '--config', config, '--verbose'];
  const meant = [...process.argv.slice(2), '--passWithNoTests', `--testMatch=${file}`];
  const [program = '', ...args] = [...within, process.execPath, ...jest, ...meant];
  return spawnSync(program, args, { cwd: projectRoot, stdio: 'inherit', env: { ...process.env, ...env } }).status ?? 1;
}
