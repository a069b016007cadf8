import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type KubernetesObject, nameOf } from '../../../../lib/kubernetes/object';
import { projectRoot } from '../../../../lib/project';
import { fetchEnvoy } from '../../cluster/envoy';
import { images, seldonOperatorVariable } from '../../cluster/images';
import type { Image } from '../../cluster/pods/pod';
import { build, NotDownloaded, type ToolSet } from '../../cluster/tools';
import type { Say } from '../../kept';
import { debianImages } from './debians';
import { programRecipe } from './files';
import { ownProgram } from './own';
import type { Recipe } from './recipe';

/** Objects of the output, of which Seldon's operator brings copies in its image. */
export type Output = readonly KubernetesObject[];

const coredns: ToolSet = {
  root: join(__dirname, '../tools'),
  module: 'coredns',
  programs: { coredns: 'github.com/coredns/coredns' },
};

interface Particulars {
  readonly base?: string;
  readonly standIn?: string;
}

const plain = async (image: Promise<Image>, { base, standIn }: Particulars = {}): Promise<Recipe> => ({
  ...programRecipe(await image, base),
  standIn,
});

/** An exporter, or what answers in its place where no proxy has its module. */
async function exporter(image: () => Promise<Image>, port: number, say: Say): Promise<Recipe> {
  try {
    return await plain(image());
  } catch (error) {
    if (!(error instanceof NotDownloaded)) throw error;
    const program = join(await ownProgram('exporter', say), 'exporter');
    const standIn = 'something that exports nothing, as its Go module could not be downloaded';
    return plain(Promise.resolve({ entrypoint: ['/exporter', String(port)], program, user: 65534 }), { standIn });
  }
}

const envoyVersion = (): string =>
  /==(\S+)/.exec(
    readFileSync(join(projectRoot, 'test/integration/cluster/tools/envoy/requirements.txt'), 'utf8'),
  )?.[1] ?? '';

/** Repository → how the image of a program is made that needs little else. */
export const programRecipes: Readonly<Record<string, (output: Output, say: Say) => Promise<Recipe>>> = {
  'docker.io/danielqsj/kafka-exporter': (_, say) => exporter(images.kafkaExporter, 9308, say),
  'docker.io/istio/pilot': () => plain(images.istiod()),
  'docker.io/istio/proxyv2': async (_, say) => {
    await fetchEnvoy(say);
    return plain(images.istioProxy(), {
      base: debianImages.python,
      standIn: `Envoy ${envoyVersion()} in place of Istio’s own build of it, which has more filters`,
    });
  },
  'docker.io/seldonio/seldon-core-operator': (output) => {
    const find = (name: string): KubernetesObject => {
      const found = output.find((object) => nameOf(object) === name);
      if (found === undefined) throw new Error(`the output has no ${name}, which the image of Seldon's operator holds`);
      return found;
    };
    const { [seldonOperatorVariable]: named } = process.env;
    return plain(images.seldonOperator({ find }), named === undefined ? { standIn: '1.16.0 in its place' } : {});
  },
  'quay.io/prometheus-operator/prometheus-config-reloader': () => plain(images.configReloader()),
  'quay.io/prometheus-operator/prometheus-operator': () => plain(images.prometheusOperator()),
  'quay.io/prometheus/alertmanager': () => plain(images.alertmanager()),
  'quay.io/prometheus/blackbox-exporter': () => plain(images.blackboxExporter()),
  'quay.io/prometheus/node-exporter': () => plain(images.nodeExporter()),
  'quay.io/prometheus/prometheus': () => plain(images.prometheus()),
  'quay.io/prometheuscommunity/postgres-exporter': (_, say) => exporter(images.postgresqlExporter, 9187, say),
  'registry.k8s.io/kube-state-metrics/kube-state-metrics': () => plain(images.kubeStateMetrics()),
  'registry.k8s.io/coredns/coredns': async (_, say) =>
    plain(
      build(coredns, say).then((folder) => ({
        entrypoint: ['/coredns'],
        program: join(folder, 'coredns'),
        user: 65532,
      })),
    ),
};
