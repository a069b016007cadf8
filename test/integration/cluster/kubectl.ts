import { join } from 'node:path';
import { kubectlBinary } from '../../../lib/helm/binary';
import { type Outcome, run } from '../../support/cli';

export interface Target {
  readonly kubeconfig: string;
  /** Folder for what it remembers of a cluster. */
  readonly home: string;
}

/** Runs kubectl to its end, with nothing of the caller's environment. @param input text for the standard input */
export async function kubectl(args: readonly string[], { kubeconfig, home }: Target, input?: string): Promise<Outcome> {
  const env = { PATH: process.env.PATH, HOME: home, KUBECONFIG: kubeconfig, KUBECACHEDIR: join(home, 'kubectl') };
  return run(await kubectlBinary(), args, { env, bare: true, input: input ?? '' });
}
