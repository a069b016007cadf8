import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { kubectlBinary } from '../../../lib/helm/binary';
import { run } from '../../support/cli';
import type { Platform } from './platform';

/** A shell in which somebody follows docs/upgrading.md: with kubectl in PATH, and a folder for the files that are written. */
export class Shell {
  private constructor(
    private readonly platform: Platform,
    private readonly folder: string,
  ) {}

  static async open(platform: Platform): Promise<Shell> {
    const folder = join(platform.cluster.target.home, 'shell');
    mkdirSync(join(folder, 'bin'), { recursive: true });
    symlinkSync(await kubectlBinary(), join(folder, 'bin/kubectl'));
    return new Shell(platform, folder);
  }

  /** Runs commands as they are written, one after the other. @returns what they print @throws Error with what one said that failed */
  async follow(commands: readonly string[]): Promise<string> {
    let printed = '';
    for (const command of commands) printed += await this.do(command);
    return printed;
  }

  private async do(command: string): Promise<string> {
    if (command === 'npm run deploy') return this.platform.apply();
    const { kubeconfig, home } = this.platform.cluster.target;
    const env = { PATH: `${join(this.folder, 'bin')}:${process.env.PATH ?? ''}`, HOME: home, KUBECONFIG: kubeconfig };
    const { code, stdout, stderr } = await run('bash', ['-c', command], { env, bare: true, cwd: this.folder });
    if (code === 0) return stdout;
    throw new Error(
      `${command} ended with ${code ?? 'a signal'}:\n${stdout}${stderr}\n${await this.platform.problems()}`,
    );
  }
}
