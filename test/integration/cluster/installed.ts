import type { Config } from '../../../charts/config';
import { type KubernetesObject, nameOf } from '../../../lib/kubernetes/object';
import { ControlPlane } from './control-plane';
import { joinNode } from './kubelet';
import { type Platform, richConfig, synthesizeTo, type Variant } from './platform';

const monitoring = 'mlops-prometheus';
const exporter = 'postgresql-exporter';

/** Both protocols that Seldon has: their pods differ. */
const models: Config['models'] = [
  ...(richConfig.models ?? []),
  { name: 'scoring', server: 'mlflow', protocol: 'v1', uri: 's3://models/scoring/1' },
];

/**
 * A platform with everything applied to a control plane of its own, whose controllers make its pods. No program of it
 * runs but those that a test starts.
 */
export class Installed {
  private constructor(
    readonly cluster: ControlPlane,
    readonly platform: Platform,
  ) {}

  static async start({ version, charts }: Variant): Promise<Installed> {
    const cluster = await ControlPlane.start({ version });
    try {
      await cluster.startControllers();
      await joinNode(cluster);
      const platform = await synthesizeTo(cluster.path('dist'), { ...richConfig, charts, models });
      const installed = new Installed(cluster, platform);
      // A tenth of the time that kubectl takes to work out differences by itself.
      const apply = ['apply', '--server-side', '--validate=false', '-f', platform.folder];
      await cluster.kubectl(apply); // Does not know the kinds yet that it defines.
      await installed.kubectl(...apply);
      // What programs here read; no credentials Job runs. The operator leaves out a monitor whose token is not there.
      const read = platform.secrets.filter(({ namespace, name }) => namespace === monitoring || name === exporter);
      for (const { namespace, name, keys } of read) {
        const literals = Object.keys(keys).map((key) => `--from-literal=${key}=made-up`);
        await installed.kubectl('create', 'secret', 'generic', name, '--namespace', namespace, ...literals);
      }
      return installed;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** Objects of the output by kind. */
  all(kind: string): KubernetesObject[] {
    return this.platform.objects.filter((object) => object.kind === kind);
  }

  /** An object of the output by what messages call it. */
  find(name: string): KubernetesObject {
    const object = this.platform.objects.find((candidate) => nameOf(candidate) === name);
    if (object === undefined) throw new Error(`the output has no ${name}`);
    return object;
  }

  /** Output of a kubectl that must succeed. */
  async kubectl(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.cluster.kubectl(args);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  /** An object of the cluster. @throws Error while it does not exist */
  get<T = KubernetesObject>(kind: string, namespace: string, name: string): Promise<T> {
    return this.cluster.json<T>('get', kind, name, '--namespace', namespace);
  }

  stop(): Promise<void> {
    return this.cluster.stop();
  }
}
