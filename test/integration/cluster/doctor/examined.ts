import { platformFacts } from '../../../../charts/catalog';
import { parseConfig, type Config } from '../../../../charts/config';
import { synthesize } from '../../../../charts/synthesize';
import { diagnoseCluster } from '../../../../cluster/doctor/doctor';
import type { Finding } from '../../../../cluster/doctor/finding';
import { platformOf, type Platform } from '../../../../cluster/doctor/platform';
import { runCommand } from '../../../support/cli';
import { ControlPlane } from '../control-plane';
import { newestVersion } from '../tools';

/** The address of the first node. */
export const address = '192.0.2.7';

export const base: Config = {
  cluster: { externalHost: address },
  size: { profile: 'laptop' },
  models: [
    {
      name: 'creditcard',
      server: 'mlflow',
      uri: 's3://models/creditcard/1',
      drift: { registeredModel: { name: 'creditcard', version: 1 } },
    },
  ],
};

export const platformWith = async (keys: object = {}): Promise<Platform> => {
  const config = parseConfig({ ...base, ...keys });
  return platformOf(config, await synthesize(config), platformFacts);
};

/** Runs the command. */
export const doctor = (kubeconfig: string, ...args: string[]) =>
  runCommand('doctor', ['--kubeconfig', kubeconfig, ...args], { env: { NO_COLOR: '1', KUBECONFIG: undefined } });

/** A cluster that the doctor examines for a platform. It begins empty. */
export class Examined {
  private constructor(
    readonly cluster: ControlPlane,
    readonly platform: Platform,
  ) {}

  static async start(): Promise<Examined> {
    const cluster = await ControlPlane.start({ version: newestVersion, users: { alice: ['data-scientists'] } });
    const platform = await platformWith({ networkPolicies: { apiServerPorts: [cluster.port] } });
    return new Examined(cluster, platform);
  }

  /** Runs kubectl, which must succeed. */
  readonly kubectl = async (args: readonly string[], input?: object): Promise<void> => {
    const { code, stderr } = await this.cluster.kubectl(args, { input: input && JSON.stringify(input) });
    expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: expect.anything() });
  };
  readonly create = (object: object): Promise<void> => this.kubectl(['create', '-f', '-'], object);
  readonly remove = (...args: string[]): Promise<void> => this.kubectl(['delete', ...args]);

  readonly findings = async (of = this.platform, kubeconfig = this.cluster.kubeconfig): Promise<readonly Finding[]> =>
    (await diagnoseCluster({ kubeconfig }, of)).findings;
  /** What is said about a subject: the severity, the text and the remedy of each finding. */
  readonly said = async (subject: string, of = this.platform): Promise<string[]> =>
    (await this.findings(of))
      .filter((finding) => finding.subject === subject)
      .map(({ severity, text, ...rest }) => [severity, text, ...('remedy' in rest ? [rest.remedy] : [])].join(' | '));
}
