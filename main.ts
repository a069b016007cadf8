import { parseConfig } from './charts/config';
import { build, check, print, render } from './charts/synthesize';
import { readConfigFile } from './cli/config-file';
import { command } from './cli/synth';
import { writeFolder } from './lib/output/write';

// From a config to manifests. cli/synth.ts reads the command line, shows the progress, and explains what went wrong.
void command(process.argv.slice(2), async ({ file, folder, progress }) => {
  const config = parseConfig(readConfigFile(file));
  progress.parsed(file, config);
  const app = build(config);
  const { output, confirmed } = await render(app, config, progress);
  check(output);
  progress.checked(output);
  const contents = await print(output);
  await confirmed;
  const changed = writeFolder(folder, contents);
  progress.written(contents, changed);
  return { config, app, output, contents, changed };
});
