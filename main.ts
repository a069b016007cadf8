import { build, check, render, serialize } from './charts/synthesize';
import { loadConfig } from './cli/config';
import { command } from './cli/synth';
import { writeFolder } from './lib/output/write';

/** The steps from a config to manifests. cli/synth.ts parses the command line, shows progress and explains failures. */
export const run = (args: string[]): Promise<void> =>
  command(args, async ({ file, folder, progress }) => {
    const config = loadConfig(file);
    progress.parsed(file, config);
    const app = build(config);
    const { output, confirmed } = await render(app, config, progress);
    check(output);
    progress.checked(output);
    const contents = await serialize(output);
    await confirmed;
    const changed = writeFolder(folder, contents);
    progress.written(contents, changed);
    return { config, app, output, contents, changed };
  });

if (require.main === module) void run(process.argv.slice(2));
