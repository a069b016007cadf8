import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { kubectlBinary } from '../../../lib/helm/binary';
import type { Loose } from '../../support/config';
import type { Target } from '../cluster/kubectl';

/** A `kubectl proxy` that stays: one request through it costs a hundredth of a kubectl, which matters to who looks every second. */
export class Proxy {
  private started?: Promise<{ readonly url: string; readonly child: ChildProcess }>;

  constructor(private readonly target: Target) {}

  /** What the API server answers. @param path such as /api/v1/pods @throws Error with any other answer than success */
  async get(path: string): Promise<Loose> {
    this.started ??= this.start();
    const { url } = await this.started;
    const answer = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(20_000) });
    if (!answer.ok) throw new Error(`${path}: status ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }

  async stop(): Promise<void> {
    (await this.started)?.child.kill();
  }

  private async start(): Promise<{ url: string; child: ChildProcess }> {
    const args = ['proxy', '--port=0', `--kubeconfig=${this.target.kubeconfig}`];
    const child = spawn(await kubectlBinary(), args, { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface(child.stdout)) {
      const address = /127\.0\.0\.1:\d+/.exec(line)?.[0];
      if (address !== undefined) return { url: `http://${address}`, child };
    }
    throw new Error('kubectl proxy has ended');
  }
}
