import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { kubectlBinary } from '../../../lib/helm/binary';
import type { Outcome } from '../../support/cli';

export interface Target {
  readonly kubeconfig: string;
  /** Folder for what it remembers of a cluster. */
  readonly home: string;
  /** Text for the standard input. */
  readonly input?: string;
}

/** Runs kubectl to its end, with nothing of the caller's environment. */
export async function kubectl(args: readonly string[], { kubeconfig, home, input }: Target): Promise<Outcome> {
  const binary = await kubectlBinary();
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env.PATH, HOME: home, KUBECONFIG: kubeconfig, KUBECACHEDIR: join(home, 'kubectl') };
    const child = spawn(binary, args, { env, stdio: 'pipe' });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, stdout, stderr });
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
  });
}
