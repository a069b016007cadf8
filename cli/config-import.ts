import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { errorColors } from './colors';
import { failureMessage } from './failure';
import { readSettings } from './config-conf/settings';
import { configSource } from './config-conf/source';
import { print, printable, printError } from './terminal';
import { ConfigError } from '../lib/config/parse';
import { readForeign } from '../lib/files/readable';

const usage = `Usage: npm run config:import -- FILE [options]

Turns the config.conf of the original repository into a config.ts.

  FILE         the config.conf
  --out FILE   where the config.ts goes (printed)
  --force      replace a file that is there
  --help       print this`;

/** Converts a file. On failure it prints a message, sets exit code 1 and writes nothing. */
export function run(args: string[]): void {
  try {
    const options = parseOptions(args);
    if (options.help) print(usage);
    else convert(options);
  } catch (error) {
    printError(failureMessage(error as Error, usage));
    process.exitCode = 1;
  }
}

interface Options {
  /** Path of the config.conf. */
  readonly file: string;
  /** @default standard output */
  readonly out?: string;
  readonly force: boolean;
  readonly help: boolean;
}

function parseOptions(args: string[]): Options {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      force: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [file, ...others] = positionals;
  if (values.help) return { file: '', ...values };
  if (file === undefined || others.length > 0) throw new Error(`Give one config.conf.\n\n${usage}`);
  return { file, ...values };
}

function convert({ file, out, force }: Options): void {
  const text = read(file);
  if (out !== undefined && !force && existsSync(out)) {
    throw new Error(`${out}: exists already (give another name, or --force to replace it)`);
  }
  let source: string;
  try {
    source = configSource(readSettings(text), moduleFor(out));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { problems } = error;
    const count = `${problems.length} problem${problems.length === 1 ? '' : 's'}`;
    const lines = problems.map((line) => `  ${line}`).join('\n');
    throw new Error(`${errorColors.red(`${file} has ${count}:`)}\n${lines}\nNothing was written.`);
  }
  if (out === undefined) {
    process.stdout.write(printable(source));
    return;
  }
  writeFileSync(out, source, { flag: force ? 'w' : 'wx' });
  print(`${out}: written. Next: npm run synth -- --config ${out}`);
}

function read(file: string): string {
  try {
    return readForeign(file).toString();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = { ENOENT: 'no such file', EISDIR: 'is a folder, not a file' }[code ?? ''];
    throw new Error(
      `${file}: ${reason ?? `cannot be read: ${message}`}. Give the config.conf of the original repository.`,
    );
  }
}

/** Module that a config at this path imports its type from. */
function moduleFor(out = join(__dirname, '../config.ts')): string {
  const path = relative(dirname(resolve(out)), join(__dirname, '../charts/config'))
    .split(sep)
    .join('/');
  return path.startsWith('.') ? path : `./${path}`;
}

if (require.main === module) run(process.argv.slice(2));
