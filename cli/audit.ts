import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseConfig, type PlatformConfig } from '../charts/config';
import { synthesize } from '../charts/synthesize';
import { isInstalled } from '../lib/images/installed';
import { writeYaml } from '../lib/kubernetes/yaml';
import { accepted } from './audit/accepted';
import { judges } from './audit/judges';
import { production } from './audit/production';
import { openIssues } from './audit/verdict';
import { loadConfig, synthesisFailure } from './config';
import { print, printError } from './terminal';

const usage = `Usage: npm run audit -- [options]

Lets programs of others judge two platforms: that of a config, and one for production. What they find must be fixed, or
accepted with a reason in cli/audit/accepted.ts. Those that are not installed are named.

  --config FILE   the config to read (config.ts)
  --help          print this

The exit code is 1 if anything is open, and 2 if no program is installed.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      config: { type: 'string', default: 'config.ts' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    print(usage);
    return;
  }
  for (const { name, install } of judges.filter((judge) => !isInstalled(judge.name))) {
    printError(`${name}: not in PATH, so it does not judge (${install})`);
  }
  const present = judges.filter(({ name }) => isInstalled(name));
  process.exitCode = present.length === 0 ? 2 : 0;
  if (present.length === 0) return;
  const work = mkdtempSync(join(tmpdir(), 'mlops-infra-audit-'));
  try {
    const folders = [
      await writeObjects(loadConfig(values.config), join(work, 'config')),
      await writeObjects(parseConfig(production), join(work, 'production')),
    ];
    const findings = (await Promise.all(present.flatMap(({ judge }) => folders.map(judge)))).flat();
    const issues = openIssues(findings, accepted, new Set(present.map(({ name }) => name)));
    for (const issue of issues) printError(issue);
    const names = present.map(({ name }) => name).join(' and ');
    print(`${names}: ${findings.length} findings in two platforms, ${issues.length} open`);
    if (issues.length > 0) process.exitCode = 1;
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** One file for each object: checkov leaves out a file with a template of another language in it, and says nothing. */
async function writeObjects(config: PlatformConfig, folder: string): Promise<string> {
  mkdirSync(folder);
  const { files } = await synthesize(config);
  for (const [index, object] of files.flatMap(({ objects }) => objects).entries()) {
    writeFileSync(join(folder, `${index}.yaml`), writeYaml(object).replaceAll('{{', '{ {'));
  }
  return folder;
}

main().catch((error: unknown) => {
  printError(synthesisFailure(error as Error, usage, 'Nothing was judged.'));
  process.exitCode = 1;
});
