import { operatorPrograms } from './images';
import { build, etcd, kubernetes, kubernetesVersions } from './tools';

/** Builds what the tests start, before the first of them. */
export default async function setup(): Promise<void> {
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  for (const tools of [etcd, ...kubernetesVersions.map(kubernetes), ...operatorPrograms]) await build(tools, say);
}
