import { execFile, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { kubectlBinary } from '../../lib/helm/binary';

/** Selects a cluster, with the meaning of kubectl's flags. */
export interface ClusterChoice {
  /** @default the current context of the kubeconfig */
  readonly context?: string;
  /** @default the one that kubectl would read: `KUBECONFIG`, or `~/.kube/config` */
  readonly kubeconfig?: string;
}

/** The selected cluster. */
export interface Target {
  /** For messages: `context kind-mlops`. */
  readonly name: string;
  /** URL of its API server; undefined for the cluster that this program runs in. */
  readonly server?: string;
}

const flagsOf = ({ context, kubeconfig }: ClusterChoice): string[] => [
  ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
  ...(context === undefined ? [] : ['--context', context]),
];

interface Kubeconfig {
  readonly 'current-context': string;
  readonly clusters?: readonly { readonly cluster: { readonly server?: string } }[] | null;
}

/** Asks kubectl for the selected cluster. Throws an error that lists the available contexts. */
export async function chosenTarget(choice: ClusterChoice): Promise<Target> {
  const kubectl = await kubectlBinary();
  const run = promisify(execFile);
  try {
    const { stdout } = await run(kubectl, [...flagsOf(choice), 'config', 'view', '--minify', '--output', 'json']);
    const config = JSON.parse(stdout) as Kubeconfig;
    return { name: `context ${config['current-context']}`, server: config.clusters?.[0]?.cluster.server };
  } catch (error) {
    // A pod with a ServiceAccount needs no kubeconfig: kubectl finds the cluster by itself.
    if (choice.context === undefined && process.env.KUBERNETES_SERVICE_HOST !== undefined) {
      return { name: 'the cluster that this runs in' };
    }
    const { stdout } = await run(kubectl, [
      ...flagsOf({ kubeconfig: choice.kubeconfig }),
      ...['config', 'get-contexts', '--output', 'name'],
    ]).catch(() => ({ stdout: '' }));
    const contexts = stdout.split('\n').filter((line) => line !== '');
    const wanted = choice.context === undefined ? 'No context is chosen' : `There is no context "${choice.context}"`;
    const said = (error as { stderr?: string }).stderr?.trim() ?? (error as Error).message;
    throw new Error(
      `${wanted} (kubectl: ${said}). ` +
        (contexts.length === 0
          ? 'The kubeconfig has none: set KUBECONFIG, or give --kubeconfig FILE.'
          : `Give --context with one of: ${contexts.join(', ')}.`),
    );
  }
}

/** A connection to a cluster: plain HTTP on a socket that only this user can open. kubectl authenticates. */
export interface Proxy {
  readonly socket: string;
  close(): void;
}

/**
 * Ends kubectl and removes its socket however this program ends: its standard input closes even after SIGKILL. kubectl
 * is in a process group of its own, so Ctrl-C does not reach it before the lock is released.
 */
const guard =
  'folder=$1; shift; exec 3<&0; "$@" 3<&- & child=$!; ' +
  '(cat <&3 >/dev/null; kill "$child"; rm -rf "$folder") >/dev/null 2>&1 & wait "$child"';

/** Milliseconds for the start of kubectl, which reads a file and may run a program that fetches a token. */
const startTimeout = 30_000;

/** Starts `kubectl proxy`, which handles contexts, certificates, tokens and login programs. */
export async function openProxy(choice: ClusterChoice): Promise<Proxy> {
  const kubectl = await kubectlBinary();
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-')); // Mode 0700.
  const socket = join(folder, 'api.sock');
  const command = [kubectl, ...flagsOf(choice), 'proxy', `--unix-socket=${socket}`];
  const child = spawn('sh', ['-c', guard, 'guard', folder, ...command], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const close = (): void => {
    process.off('exit', close);
    child.stdin.destroy();
    for (const stream of [child.stdout, child.stderr]) stream.destroy();
    child.unref();
  };
  process.once('exit', close);
  try {
    await new Promise<void>((resolve, reject) => {
      let said = '';
      const timer = setTimeout(() => {
        reject(new Error(`kubectl proxy did not start within ${startTimeout / 1000} s. ${said}`));
      }, startTimeout);
      child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
      child.stdout.once('data', resolve); // "Starting to serve on …"
      child.once('error', reject);
      child.once('exit', (code) => {
        reject(new Error(`kubectl proxy ended with code ${code ?? 'none'}. ${said}`));
      });
      child.stdout.once('close', () => clearTimeout(timer)).once('data', () => clearTimeout(timer));
    });
  } catch (error) {
    close();
    throw error;
  }
  child.stdout.resume();
  child.stderr.removeAllListeners('data').resume(); // kubectl also logs each failed request.
  return { socket, close };
}
