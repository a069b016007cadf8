// Creates the missing Secrets of the platform. Usage: node credentials.mjs <files with JSON lists of SecretSpec>
import { readFileSync } from 'node:fs';
import type { SecretSpec } from '../../lib/graph/secret-spec';
import { Api } from './api';
import { Deadline, Problem } from './deadline';
import { Reconciler } from './reconcile';
import { Secrets } from './secrets';
import { joinLists, validateSpecs } from './specs';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const DEADLINE_SECONDS = '300';

const say = (line: string): void => {
  console.log(line);
};
const warn = (line: string): void => {
  console.error(line);
};

async function main(): Promise<boolean> {
  const specs = readSpecs(process.argv.slice(2));
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443', CREDENTIALS_ACCOUNT } = process.env;
  if (!host) throw new Problem('KUBERNETES_SERVICE_HOST is not set: this program runs in a pod of the cluster');
  const seconds = Number(process.env.CREDENTIALS_DEADLINE_SECONDS ?? DEADLINE_SECONDS);
  if (!(seconds > 0)) throw new Problem('CREDENTIALS_DEADLINE_SECONDS must be a number of seconds above 0');

  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      say(`${signal}: stops after what is being written`);
      stop.abort();
    });
  }
  const deadline = new Deadline(seconds, stop.signal);
  const api = new Api({ host, port, account: CREDENTIALS_ACCOUNT ?? ACCOUNT, deadline, say });
  return new Reconciler(new Secrets(api), deadline, { say, warn }).run(specs);
}

function readSpecs(files: readonly string[]): SecretSpec[] {
  if (files.length === 0) throw new Problem('give the files with the lists of Secrets: credentials.mjs <file>…');
  const lists = files.map(readList);
  const areLists = lists.every((list): list is readonly unknown[] => Array.isArray(list));
  const specs = areLists ? joinLists(lists) : [];
  const problems = areLists ? validateSpecs(specs) : lists.flatMap(validateSpecs);
  if (problems.length > 0) throw new Problem(problems.join('\nerror: '));
  return specs as SecretSpec[];
}

function readList(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Problem(`${file}: ${(error as Error).message}`);
  }
}

main().then(
  (complete) => {
    process.exitCode = complete ? 0 : 1;
  },
  (error: unknown) => {
    // The message of an unexpected error may quote a value; the stack frames are safe.
    const where = String((error as Error).stack)
      .split('\n')
      .filter((line) => line.startsWith('    at '));
    warn(error instanceof Problem ? `error: ${error.message}` : ['error: a bug in this program', ...where].join('\n'));
    process.exitCode = 1;
  },
);
