import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../../lib/project';

/** Exit codes in place of the tests': no node can be made here, and another run is at it. */
export const codes = { notToBeHad: 75, another: 76 };

/** Runs the tests to their end, with the arguments of this process. @param within what starts them @returns their exit code */
export function runTests(within: readonly string[], env: Readonly<Record<string, string>>): number {
  const config = join(__dirname, 'jest.config.cjs');
  const tests = [join(projectRoot, 'node_modules/jest/bin/jest.js'), '--config', config, '--verbose'];
  const [program = '', ...args] = [...within, process.execPath, ...tests, ...process.argv.slice(2)];
  return spawnSync(program, args, { cwd: projectRoot, stdio: 'inherit', env: { ...process.env, ...env } }).status ?? 1;
}
