import { operatorPrograms } from './images';
import { rememberMissing } from './optional';
import { build, etcd, kubernetes, kubernetesVersions, NotDownloaded } from './tools';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Builds what the tests start, before the first of them. Without a module of an operator the rest is tried. */
export default async function setup(): Promise<void> {
  for (const tools of [etcd, ...kubernetesVersions.map(kubernetes)]) await build(tools, say);
  const missing: Record<string, string> = {};
  for (const tools of operatorPrograms) {
    try {
      await build(tools, say);
    } catch (error) {
      if (!(error instanceof NotDownloaded)) throw error;
      say(error.message);
      missing[tools.module] = `${tools.module} is not built: its Go modules could not be downloaded`;
    }
  }
  rememberMissing(missing);
}
