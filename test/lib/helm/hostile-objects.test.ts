import { App } from 'cdk8s';
import fc from 'fast-check';
import { ServiceChart, Wave } from '../../../lib/graph/service-chart';
import { normalize } from '../../../lib/helm/normalize';
import { refuseInvalid } from '../../../lib/helm/refuse-invalid';
import { HelmRelease } from '../../../lib/helm/release';
import { CustomResources } from '../../../lib/kubernetes/custom-resource';
import { collect } from '../../../lib/output/collect';
import { EveryPod } from '../../../lib/output/every-pod';
import { changed, changes } from '../../support/mutated-json';

// What a chart of others may give: objects that are none, or not what their kind says.

const template = {
  metadata: { labels: { app: 'web' }, annotations: { a: 'b' } },
  spec: {
    containers: [
      {
        name: 'main',
        image: 'a/b:1',
        env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }],
      },
    ],
    volumes: [{ name: 'settings', configMap: { name: 'settings' } }],
  },
};
const documents = [
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', annotations: { 'helm.sh/hook': 'x' } },
    data: { a: 'b' },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', labels: { app: 'web' } },
    spec: { selector: { matchLabels: { app: 'web' } }, template },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'job' },
    spec: { schedule: '* * * * *', jobTemplate: { spec: { template } } },
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.org' },
    spec: { group: 'example.org', scope: 'Cluster', names: { kind: 'Widget', plural: 'widgets' }, versions: [] },
  },
  { apiVersion: 'example.org/v1', kind: 'Widget', metadata: { name: 'widget' }, spec: { a: 1 } },
  {
    apiVersion: 'v1',
    kind: 'List',
    items: [{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { ports: [{ port: 80 }] } }],
  },
];

/** The objects of a chart that gives these documents, as they are written. */
function written(given: readonly unknown[]): unknown {
  const app = new App();
  const chart = new ServiceChart(app, 'service', { namespace: 'space', wave: Wave.Operators });
  const pin = { name: 'foreign', version: '1.0.0', path: '', original: true };
  const release = new HelmRelease(chart, 'release', {
    chart: pin,
    releaseName: 'demo',
    values: {},
    kubernetesVersion: '1.35',
  });
  release.objects = normalize(given, 'space');
  refuseInvalid(release.objects);
  const pods = new EveryPod({ images: { pullSecrets: ['login'] } });
  return collect(app, { platform: 'mlops', pods, customResources: new CustomResources([]) }).flatMap(
    ({ objects }) => objects,
  );
}

test('objects of a chart become part of the output, or are refused by a sentence', () => {
  expect(written(documents)).toHaveLength(6);
  fc.assert(
    fc.property(changes, (list) => {
      try {
        const given = changed(documents, list) ?? null;
        written(Array.isArray(given) ? given : [given]);
      } catch (error) {
        if ((error as Error).constructor.name !== 'Error') throw error as Error;
      }
    }),
    { numRuns: 500 },
  );
});
