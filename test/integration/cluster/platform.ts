import { originalCharts } from '../../../charts/catalog';
import type { ChartSource } from '../../../lib/helm/chart-catalog';
import { chartState } from '../../../lib/helm/archive-store';
import { type Config, parseConfig } from '../../../charts/config';
import type { KubernetesObject } from '../../../lib/kubernetes/object';
import { writeFolder } from '../../../lib/output/write';
import { synthesize, type Synthesis } from '../../../charts/synthesize';
import { kubernetesVersions, type KubernetesVersion, newestVersion } from './tools';

/** Everything that the platform can install, reached in every way that a bare cluster offers. */
export const richConfig: Config = {
  cluster: {
    externalHost: '192.0.2.10',
    kubernetesVersion: kubernetesVersions[0],
    nfs: { server: '192.0.2.20', path: '/srv/volumes' },
  },
  size: { profile: 'production' },
  services: {
    istio: { egressGateway: true },
    prometheus: { alertmanager: { type: 'nodePort', withoutLogin: true } },
  },
  models: [
    {
      name: 'creditcard',
      server: 'mlflow',
      uri: 's3://models/creditcard/1',
      drift: { registeredModel: { name: 'creditcard', version: 1 }, detectors: ['mmd', 'ks'] },
    },
    { name: 'churn', server: 'sklearn', uri: 's3://models/churn/1' },
  ],
};

/** A platform whose manifests are in a folder. */
export interface Platform extends Synthesis {
  readonly folder: string;
  readonly objects: readonly KubernetesObject[];
}

/** Writes the manifests of a config to a folder, as `npm run synth` does. */
export async function synthesizeTo(folder: string, config: Config): Promise<Platform> {
  const synthesis = await synthesize(parseConfig(config));
  writeFolder(folder, synthesis.contents);
  return { ...synthesis, folder, objects: synthesis.files.flatMap((file) => file.objects) };
}

/** What keeps the original Helm charts from being tried; empty where every archive is here. */
export function missingArchives(): string[] {
  return originalCharts.flatMap((pin) => {
    const state = chartState(pin);
    return state === 'here' ? [] : [`${pin.name} ${pin.version}: ${state}`];
  });
}

/** A Kubernetes version with a source of charts. */
export interface Variant {
  readonly version: KubernetesVersion;
  readonly charts: ChartSource;
}

/**
 * What is tried on a Kubernetes version. The original charts are tried on the newest alone, which knows least of the
 * versions of objects that they were written for.
 */
export const variantsOn = (version: KubernetesVersion): readonly Variant[] => [
  { version, charts: 'bundled' },
  ...(version === newestVersion ? [{ version, charts: 'upstream' } as const] : []),
];
