import { format } from 'node:util';
import * as charts from '../../cli/charts';
import * as images from '../../cli/images';
import * as versions from '../../cli/versions';
import * as synth from '../../main';
import type { Outcome, RunOptions } from './cli';

const commands = { synth, images, charts, versions };

/**
 * What a command prints outside of a terminal, and its exit code, without the process that `runCommand` starts for it. Its
 * folder is that of the test; programs that it starts have the environment of the test. One at a time.
 */
export async function inProcess(
  name: keyof typeof commands,
  args: readonly string[],
  { env }: Pick<RunOptions, 'env'> = {},
): Promise<Outcome> {
  const { stdout } = process;
  const { exitCode, env: outside } = process;
  const { isTTY } = stdout;
  const printed = { stdout: '', stderr: '' };
  const print = (stream: keyof typeof printed) => (text: unknown) => (printed[stream] += `${format(text)}\n`) !== '';
  const spies = [
    jest.spyOn(console, 'log').mockImplementation(print('stdout')),
    jest.spyOn(console, 'error').mockImplementation(print('stderr')),
    jest.spyOn(stdout, 'write').mockImplementation((text) => (printed.stdout += String(text)) !== ''),
  ];
  Object.assign(process, { exitCode: 0, env: { ...outside, CDK8S_OUTDIR: undefined, ...env } });
  stdout.isTTY = false;
  try {
    await commands[name].run([...args]);
    return { code: Number(process.exitCode), ...printed };
  } finally {
    for (const spy of spies) spy.mockRestore();
    Object.assign(process, { exitCode, env: outside });
    stdout.isTTY = isTTY;
  }
}
