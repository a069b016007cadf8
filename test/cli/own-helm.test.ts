import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { helmBinary } from '../../lib/helm/binary';
import { copyProject, onlyKafka, synth, writeConfig } from '../support/cli';
import { temporaryFolder } from '../support/temporary';

// Where npm brings no helm, as on any machine that is not Linux x64, the one in PATH renders.

const folder = temporaryFolder();
const root = join(folder, 'checkout');
const bin = join(folder, 'bin');
const log = join(folder, 'rendered');
const config = writeConfig(join(folder, 'config.json'), onlyKafka);

/** How many releases a synthesis has helm of this version render. */
async function renderedBy(version: string): Promise<number> {
  const helm = `if [ "$1" = version ]; then echo ${version}; else echo >> ${log}; exec ${await helmBinary()} "$@"; fi`;
  writeFileSync(join(bin, 'helm'), `#!/bin/sh\n${helm}\n`);
  chmodSync(join(bin, 'helm'), 0o755);
  rmSync(log, { force: true });
  const env = { PATH: [bin, process.env.PATH].join(delimiter) };
  const { code, stderr } = await synth(['--config', config, '--out', join(folder, 'dist')], { root, env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return existsSync(log) ? readFileSync(log, 'utf8').length : 0;
}

test('what another version of helm has rendered is rendered again', async () => {
  copyProject(root);
  rmSync(join(root, 'node_modules/@aws-cdk'));
  mkdirSync(bin);
  expect(await renderedBy('v4.2.3')).toBe(1);
  expect(await renderedBy('v4.2.3')).toBe(0);
  expect(await renderedBy('v4.3.0')).toBe(1);
});
