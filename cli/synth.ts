import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError, parseConfig } from '../lib/config/parse';
import { writeFolder } from '../lib/output/write';
import { synthesize } from '../lib/synthesize';

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      config: { type: 'string', default: 'config.ts' },
      out: { type: 'string', default: process.env.CDK8S_OUTDIR ?? 'dist' },
    },
  });
  try {
    const module = require(resolve(values.config)) as { default: unknown };
    const { contents } = await synthesize(parseConfig(module.default));
    writeFolder(resolve(values.out), contents);
  } catch (error) {
    console.error(error instanceof ConfigError ? error.message : (error as Error).message);
    process.exitCode = 1;
  }
}
