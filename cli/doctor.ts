import { parseArgs } from 'node:util';
import { synthesisFailure, loadConfig } from './config';
import { formatDiagnosis } from './doctor-report';
import { print, printError } from './terminal';
import { diagnoseCluster } from '../cluster/doctor/doctor';
import { platformOf } from '../cluster/doctor/platform';
import { platformFacts } from '../charts/catalog';
import { synthesize } from '../charts/synthesize';

const usage = `Usage: npm run doctor -- [options]

Examines a cluster before the platform is applied to it, and reports what would go wrong. Changes nothing.

  --config FILE        the config to read (config.ts)
  --context NAME       which cluster (the current context)
  --kubeconfig FILE    as kubectl's (KUBECONFIG, ~/.kube/config)
  --json               print the findings as JSON
  --help               print this

The exit code is 1 when something would stop the platform.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      config: { type: 'string', default: 'config.ts' },
      context: { type: 'string' },
      kubeconfig: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    print(usage);
    return;
  }
  // Also ends kubectl.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
  const config = loadConfig(values.config);
  const platform = platformOf(config, await synthesize(config), platformFacts);
  const diagnosis = await diagnoseCluster(values, platform);
  print(values.json ? JSON.stringify(diagnosis, null, 2) : formatDiagnosis(diagnosis));
  if (diagnosis.findings.some(({ severity }) => severity === 'problem')) process.exitCode = 1;
}

main().catch((error: unknown) => {
  printError(synthesisFailure(error as Error, usage, 'Nothing was examined.'));
  process.exitCode = 1;
});
