import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../../charts/config';
import { runCommand } from '../../support/cli';
import type { Loose } from '../../support/config';
import { eventually } from '../cluster/workspace';
import { type PodView, viewsOf } from './pods';
import type { Cluster } from './cluster';

/** The platform in a cluster, changed as its user changes it: by the config, `synth` and `deploy`. */
export class Platform {
  /** @param adapt what a deploy needs beside it here @default nothing */
  constructor(
    readonly cluster: Cluster,
    private readonly adapt: () => Promise<void> = () => Promise.resolve(),
  ) {}

  get folder(): string {
    return join(this.cluster.target.home, 'dist');
  }

  /** Writes the config, for the addresses of this cluster, and the manifests that follow from it. */
  async synth(config: Config): Promise<void> {
    const cluster = { ...config.cluster, externalHost: this.cluster.address };
    const networkPolicies = { ...config.networkPolicies, apiServerPorts: await this.apiServerPorts() };
    writeFileSync(this.config, JSON.stringify({ ...config, cluster, networkPolicies }));
    await this.command('synth', '--config', this.config, '--out', this.folder);
  }

  /** As the API server says them: those of a node that is made here are whatever was free. */
  private async apiServerPorts(): Promise<number[]> {
    const label = 'kubernetes.io/service-name=kubernetes';
    const { items } = await this.cluster.json('get', 'endpointslices', '-n', 'default', '-l', label);
    return items.flatMap(({ ports }: Loose) => ports.map(({ port }: Loose) => port as number));
  }

  /** What `npm run doctor` says of the cluster. @throws Error where something would stop the platform */
  doctor(): Promise<string> {
    return this.command('doctor', '--config', this.config, ...this.target);
  }

  /** Applies the manifests, and waits until everything is ready. */
  deploy(...options: string[]): Promise<string> {
    return this.apply('--wait', '--timeout', '7m', ...options);
  }

  /** Applies the manifests. */
  apply(...options: string[]): Promise<string> {
    void this.adapt();
    return this.command('deploy', '--out', this.folder, ...this.target, ...options);
  }

  /** Deploys, and runs the commands that it names where a field cannot be changed, until it has nothing more to name. */
  async deployWithRemedies(...options: string[]): Promise<string> {
    for (let rounds = 0; ; rounds++) {
      try {
        return await this.deploy(...options);
      } catch (error) {
        const remedies = [...(error as Error).message.matchAll(/\bkubectl (-n \S+ (?:delete|patch) [^;)\n]+)/g)];
        if (remedies.length === 0 || rounds > 5) throw error;
        for (const [, words = ''] of remedies) await this.cluster.kubectl(words.replaceAll("'", '').split(' '));
      }
    }
  }

  private get config(): string {
    return join(this.cluster.target.home, 'config.json');
  }

  private get target(): string[] {
    return ['--kubeconfig', this.cluster.target.kubeconfig];
  }

  /** Standard output of a command that must succeed. @throws Error with what it said, and the pods that are not ready */
  private async command(name: string, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await runCommand(name, args);
    if (code === 0) return stdout;
    throw new Error(`npm run ${name} ended with ${code ?? 'a signal'}:\n${stdout}${stderr}\n${await this.problems()}`);
  }

  /** Every pod of the cluster. */
  pods(): Promise<PodView[]> {
    return viewsOf(this.cluster);
  }

  /** Waits until every pod is ready, or done. @throws Error with what is wrong with those that are not */
  async recovered(seconds: number): Promise<void> {
    const fine = async (): Promise<boolean> => (await this.pods()).every((view) => view.fine);
    await eventually('every pod is ready', fine, { seconds, every: 1000 }).catch(async (error: unknown) => {
      throw new Error(`${String(error)}\n${await this.problems()}`);
    });
  }

  /** What is wrong with each pod that is not ready, with the last lines of its log. */
  async problems(): Promise<string> {
    const views = (await this.pods()).filter((view) => !view.fine);
    const texts = await Promise.all(views.map((view) => view.describe()));
    return texts.join('\n');
  }
}
