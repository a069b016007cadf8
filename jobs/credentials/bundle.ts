import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** The program as one file, `credentials.mjs`, that runs on Node.js alone. Readable, and the same bytes everywhere. */
export function bundleCredentialsProgram(): string {
  const { outputFiles } = buildSync({
    absWorkingDir: join(__dirname, '../..'),
    entryPoints: ['jobs/credentials/main.ts'],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    charset: 'utf8',
    // Nothing but the options here decides: neither a tsconfig.json nor the environment.
    tsconfigRaw: {},
  });
  return outputFiles.map((file) => file.text).join('');
}
