import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type KubernetesObject, nameOf } from '../../../../lib/kubernetes/object';
import { projectRoot } from '../../../../lib/project';
import { fetchEnvoy } from '../../cluster/envoy';
import { images, seldonOperatorVariable } from '../../cluster/images';
import type { Image } from '../../cluster/pods/pod';
import { build, type ToolSet } from '../../cluster/tools';
import type { Say } from '../../kept';
import { debianImages } from './debians';
import { programRecipe } from './files';
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

const envoyVersion = (): string =>
  /==(\S+)/.exec(
    readFileSync(join(projectRoot, 'test/integration/cluster/tools/envoy/requirements.txt'), 'utf8'),
  )?.[1] ?? '';

/** Repository → how the image of a program is made that needs little else. */
export const programRecipes: Readonly<Record<string, (output: Output, say: Say) => Promise<Recipe>>> = {
  'docker.io/danielqsj/kafka-exporter': () => plain(images.kafkaExporter()),
  'docker.io/istio/pilot': () => plain(images.istiod()),
  'docker.io/istio/proxyv2': async (_, say) => {
    await fetchEnvoy(say);
    return plain(images.istioProxy(), {
      base: debianImages.slim,
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
  'quay.io/prometheuscommunity/postgres-exporter': () => plain(images.postgresqlExporter()),
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
