import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../../lib/project';
import { noNamespaces } from '../cluster/optional';
import { folderWith } from '../loop/sources';
import { noDebian } from './debian';
import { prepare } from './prepare';

// `npm run test:node`: brings what a node and its images are made of, and runs the tests in a network of their own.

const say = (line: string): void => void process.stderr.write(`${line}\n`);

function missing(): string | undefined {
  if (noNamespaces !== undefined) return 'a node is made by root on Linux';
  if (folderWith('go') === undefined) return 'no go in PATH: install Go 1.26';
  return noDebian();
}

async function main(): Promise<number> {
  const reason = missing();
  if (reason !== undefined) {
    say(`Skipped, test:node: ${reason}`);
    return 0;
  }
  const prepared = await prepare(say);
  const jest = [join(projectRoot, 'node_modules/jest/bin/jest.js'), '--config', join(__dirname, 'jest.config.cjs')];
  const { status } = spawnSync('unshare', ['--net', process.execPath, ...jest, ...process.argv.slice(2)], {
    cwd: projectRoot,
    stdio: 'inherit',
    env: { ...process.env, ...prepared },
  });
  return status ?? 1;
}

void main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  },
);
