import { parseArgs } from 'node:util';
import { imageCatalog } from '../charts/catalog';
import { synthesize } from '../charts/synthesize';
import { replaceFile } from '../lib/files/replace-file';
import { listImages } from '../lib/images/list';
import { loadConfig, synthesisFailure } from './config';
import { bomOf } from './sbom/bom';
import { npmBom, pythonLocks } from './sbom/inputs';
import { print, printError } from './terminal';

const usage = `Usage: npm run sbom -- [options]

Writes a bill of materials in CycloneDX 1.5: every image that the platform can start, and the packages of npm and Python
that are locked in this repository. The same repository and config give the same file.

  --config FILE   the config to read (config.ts)
  --out FILE      where it goes (sbom.cdx.json)
  --help          print this`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      config: { type: 'string', default: 'config.ts' },
      out: { type: 'string', default: 'sbom.cdx.json' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    print(usage);
    return;
  }
  const config = loadConfig(values.config);
  const { files, images } = await synthesize(config);
  const listed = listImages(files, imageCatalog, images);
  const bom = bomOf(await npmBom(), 'mlops-infra', listed, pythonLocks());
  replaceFile(values.out, `${JSON.stringify(bom, null, 2)}\n`);
  print(`${values.out}: ${bom.components.length} components, ${listed.length} of them images`);
}

main().catch((error: unknown) => {
  printError(synthesisFailure(error as Error, usage, 'Nothing was written.'));
  process.exitCode = 1;
});
