import { relative } from 'node:path';
import type { PlatformConfig } from '../charts/config';
import type { Output } from '../lib/checks/output';
import type { HelmRelease } from '../lib/helm/release';
import type { RenderOptions } from '../lib/helm/render';
import { colors as pc } from './colors';
import { TerminalProgress } from './terminal-progress';
import { printError } from './terminal';

/** Prints each step of a synthesis on a terminal. Elsewhere it prints only helm's warnings. */
export class SynthProgress implements RenderOptions {
  private total = 0;
  private cached = 0;
  private readonly terminal = new TerminalProgress();

  /** @param out output folder as the user wrote it */
  constructor(
    private readonly out: string,
    private readonly quiet: boolean,
  ) {}

  parsed(file: string, { profile, cluster }: PlatformConfig): void {
    this.step('config', `${relative('', file)}: ${profile}, Kubernetes ${cluster.kubernetesVersion}`);
  }

  readonly onRendered = ({ props }: HelmRelease, fromCache: boolean): void => {
    this.total += 1;
    if (fromCache) this.cached += 1;
    else this.step('render', `${props.chart.name} ${pc.dim(props.releaseName)}`);
  };

  readonly onWarning = (release: HelmRelease, text: string): void => {
    printError(`${release.node.path}: helm says: ${text}`);
  };

  checked({ files }: Output): void {
    if (this.cached > 0) this.step('render', `${this.cached} of ${this.total} Helm charts were rendered before`);
    const objects = files.reduce((sum, file) => sum + file.objects.length, 0);
    this.step('check', `${objects} objects, nothing wrong`);
  }

  written(contents: ReadonlyMap<string, string>, changed: boolean): void {
    this.step('write', changed ? `${contents.size} files to ${this.out}` : `${this.out} is up to date`);
  }

  private step(name: string, text: string): void {
    if (!this.quiet && process.stdout.isTTY) this.terminal.done(`${name.padEnd(7)} ${text}`);
  }
}
