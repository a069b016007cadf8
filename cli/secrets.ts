import { parseArgs } from 'node:util';
import { platformFacts } from '../charts/catalog';
import type { PlatformConfig } from '../charts/config';
import { synthesize } from '../charts/synthesize';
import { withCluster } from '../cluster/api/connect';
import type { ClusterChoice } from '../cluster/api/kubectl';
import { DeployError, Interrupted } from '../cluster/deploy/progress';
import { statesOf, type State } from '../cluster/secrets/ages';
import { managedSecrets, secretNamed, type Managed } from '../cluster/secrets/managed';
import { describeRotation, refusalOf } from '../cluster/secrets/plan';
import { rotate } from '../cluster/secrets/rotate';
import { ask, milliseconds } from './answers';
import { loadConfig, synthesisFailure } from './config';
import { errorColors } from './colors';
import { describe, formatSecrets, refuseForeign } from './secrets-report';
import { print, printError } from './terminal';
import { TerminalProgress } from './terminal-progress';

const usage = `Usage: npm run secrets -- list | rotate NAME [options]

  list                 every Secret: keys, age, who uses it, and what rotating it means
  rotate NAME          gives it new values, and restarts what uses them, in order

  --config FILE        the config to read (config.ts)
  --context NAME       which cluster (the current context)
  --kubeconfig FILE    as kubectl's (KUBECONFIG, ~/.kube/config)
  --json               list as JSON
  --dry-run            only say what rotating would do
  --yes                rotate without asking
  --timeout TIME       for rotating, such as 90s, 10m or 1h (20m)
  --help               print this

Rotating can be stopped, and goes on when it is started again. No value is printed.`;

/** Milliseconds for the states of all Secrets. */
const patience = 60_000;

async function main(progress: TerminalProgress): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      config: { type: 'string', default: 'config.ts' },
      context: { type: 'string' },
      kubeconfig: { type: 'string' },
      json: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      timeout: { type: 'string', default: '20m' },
      help: { type: 'boolean', default: false },
    },
  });
  const [command, name, ...rest] = positionals;
  if (values.help) {
    print(usage);
    return;
  }
  const isKnown = (command === 'list' && name === undefined) || (command === 'rotate' && name !== undefined);
  if (!isKnown || rest.length > 0) throw new Error(usage);
  const config = loadConfig(values.config);
  const { customResources } = platformFacts;
  const secrets = managedSecrets({ ...(await synthesize(config)), customResources });
  if (command === 'list') {
    await list(config, secrets, values);
    return;
  }
  const timeout = milliseconds(values.timeout);
  const managed = secretNamed(secrets, name ?? '');
  refuseForeign(config, managed);
  const refusal = refusalOf(managed, secrets);
  if (refusal !== undefined) throw new Error(refusal);
  for (const line of describeRotation(managed)) print(`  ${line}`);
  if (values['dry-run']) return;
  if (!values.yes && !process.stdin.isTTY) {
    throw new Error(
      'rotate asks before it begins, and there is no terminal to answer on (look with --dry-run, then add --yes)',
    );
  }
  const stopping = new AbortController();
  const stop = (): void => {
    if (stopping.signal.aborted) process.exit(130);
    progress.note('stopping …');
    stopping.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  const confirm = (): Promise<boolean> => (values.yes ? Promise.resolve(true) : ask('Rotate it?', stopping.signal));
  const how = { context: values.context, kubeconfig: values.kubeconfig, timeout, progress, confirm };
  await rotate({ ...how, managed, customResources, platform: config.name, stop: stopping.signal });
}

async function list(
  config: PlatformConfig,
  secrets: readonly Managed[],
  { json, ...choice }: ClusterChoice & { readonly json: boolean },
): Promise<void> {
  let states: ReadonlyMap<string, State> = new Map();
  let missing: string | undefined;
  const stop = AbortSignal.timeout(patience);
  try {
    states = await withCluster(choice, stop, (api) => statesOf(api, secrets, stop));
  } catch (error) {
    // The list is of use without a cluster, too.
    missing = (error as Error).message;
  }
  const described = secrets.map((managed) => describe(config, managed, secrets, states));
  print(json ? JSON.stringify(described, null, 2) : formatSecrets(described));
  if (missing !== undefined) printError(`No ages: ${missing}`);
}

const progress = new TerminalProgress();
main(progress).catch((error: unknown) => {
  progress.waiting([]);
  const again = 'When this is fixed, run the same command again: it goes on where it stopped.';
  const lines =
    error instanceof DeployError
      ? [errorColors.red(error.message), ...error.problems.map((problem) => `  ${problem}`), again]
      : [synthesisFailure(error as Error, usage)];
  printError(lines.join('\n'));
  process.exitCode = error instanceof Interrupted ? 130 : 1;
});
