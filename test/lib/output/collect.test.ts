import { ApiObject, App } from 'cdk8s';
import { HelmRelease } from '../../../lib/helm/release';
import { podTemplateOf, type KubernetesObject, type PodSpec } from '../../../lib/kubernetes/object';
import { CustomResources } from '../../../lib/kubernetes/custom-resource';
import { platformLabel } from '../../../lib/kubernetes/labels';
import { collect, collectAhead, type CollectOptions, type OutputFile } from '../../../lib/output/collect';
import { EveryPod } from '../../../lib/output/every-pod';
import { ServiceChart, Wave } from '../../../lib/graph/service-chart';

const object = (kind: string, name: string, fields: object = {}, apiVersion = 'v1'): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'space' },
  ...fields,
});

const container = { name: 'main', image: 'example.org/main:1' };

const pod = (spec: Partial<PodSpec> = {}, metadata: object = {}) => ({
  metadata,
  spec: { containers: [container], ...spec },
});

const deployment = (template: object, name = 'web') => object('Deployment', name, { spec: { template } }, 'apps/v1');

const job = (template: object, name = 'once') => object('Job', name, { spec: { template } }, 'batch/v1');

const settings = (value: string, name = 'settings') => object('ConfigMap', name, { data: { key: value } });

/** A service whose Helm release has rendered these objects. */
function service(app: App, id: string, objects: readonly KubernetesObject[], wave = Wave.Applications): ServiceChart {
  const chart = new ServiceChart(app, id, { wave, namespace: 'space' });
  const props = {
    chart: { name: 'x', version: '1', path: '/x' },
    releaseName: 'x',
    values: {},
    kubernetesVersion: '1.35',
  };
  new HelmRelease(chart, 'release', props).objects = objects;
  return chart;
}

const options = (pullSecrets: readonly string[] = []): CollectOptions => ({
  platform: 'demo',
  pods: new EveryPod({ images: { pullSecrets } }),
  customResources: new CustomResources([{ apiGroup: 'example.org', kind: 'Server', podFields: ['imagePullSecrets'] }]),
});

function collected(
  objects: readonly KubernetesObject[],
  pullSecrets: readonly string[] = [],
): readonly KubernetesObject[] {
  const app = new App();
  service(app, 'web', objects);
  return collect(app, options(pullSecrets)).flatMap((file) => file.objects);
}

const only = (...objects: KubernetesObject[]): KubernetesObject => {
  const found = collected(objects).find(({ kind }) => kind !== 'ConfigMap');
  if (found === undefined) throw new Error('nothing but ConfigMaps');
  return found;
};

const ownLabels = {
  'app.kubernetes.io/instance': 'demo',
  'app.kubernetes.io/managed-by': 'mlops-infra',
  'app.kubernetes.io/name': 'web',
  'app.kubernetes.io/part-of': 'demo',
};

test('every object has the standard labels and the label of its platform', () => {
  expect(only(object('Secret', 'a')).metadata.labels).toEqual({ ...ownLabels, [platformLabel]: 'demo' });
});

test.each(['Namespace', 'PersistentVolumeClaim', 'PersistentVolume', 'CustomResourceDefinition'])(
  'a %s, with which data would go, is marked to be kept',
  (kind) => {
    expect(only(object(kind, 'a')).metadata.labels).toMatchObject({ 'mlops-infra/keep': 'true' });
  },
);

test.each([
  ['Delete', { 'mlops-infra/keep': 'true' }],
  ['Retain', {}],
])('a StatefulSet whose volumes the cluster would %s with it has the mark %j', (whenDeleted, mark) => {
  const policy = { persistentVolumeClaimRetentionPolicy: { whenDeleted } };
  const set = object('StatefulSet', 'a', { spec: { ...policy, template: pod() } }, 'apps/v1');
  const marks = Object.entries(only(set).metadata.labels ?? {}).filter(([key]) => key === 'mlops-infra/keep');
  expect(Object.fromEntries(marks)).toEqual(mark);
});

test('labels that an object has win, but not over the label of the platform', () => {
  const labels = { 'app.kubernetes.io/name': 'mine', other: 'x', [platformLabel]: 'somebody' };
  const { metadata } = only({ ...object('Secret', 'a'), metadata: { name: 'a', labels } });
  expect(metadata.labels).toEqual({
    ...ownLabels,
    'app.kubernetes.io/name': 'mine',
    other: 'x',
    [platformLabel]: 'demo',
  });
  expect(Object.keys(metadata.labels ?? {})).toEqual(Object.keys(metadata.labels ?? {}).sort());
});

describe.each([
  ['Deployment', 'apps/v1'],
  ['StatefulSet', 'apps/v1'],
  ['DaemonSet', 'apps/v1'],
  ['Job', 'batch/v1'],
  ['CronJob', 'batch/v1'],
  ['Pod', 'v1'],
])('pods of a %s', (kind, apiVersion) => {
  const metadata = { labels: { app: 'x', 'app.kubernetes.io/name': 'mine' } };
  const template = pod({ hostNetwork: false }, metadata);
  const of = (spec: object): KubernetesObject => ({ ...object(kind, 'x', spec, apiVersion) });
  const given =
    kind === 'Pod'
      ? { ...of({ spec: template.spec }), metadata: { name: 'x', ...metadata } }
      : of({ spec: kind === 'CronJob' ? { schedule: '@daily', jobTemplate: { spec: { template } } } : { template } });

  test('have the standard labels, and keep their own', () => {
    const labels = podTemplateOf(only(given))?.metadata?.labels;
    expect(labels).toMatchObject({ ...ownLabels, app: 'x', 'app.kubernetes.io/name': 'mine' });
  });

  test('get what every pod gets, and change in nothing else', () => {
    const [found] = collected([given], ['registry', 'mirror']);
    const settled = { ...template.spec, enableServiceLinks: false };
    expect(found && podTemplateOf(found)?.spec).toEqual({
      ...settled,
      imagePullSecrets: [{ name: 'registry' }, { name: 'mirror' }],
    });
    expect(podTemplateOf(only(given))?.spec).toEqual(settled);
    if (kind === 'CronJob') expect(found?.spec).toMatchObject({ schedule: '@daily' });
  });
});

describe('a workload follows the ConfigMaps that it reads', () => {
  const digestOf = (workload: KubernetesObject): string | undefined =>
    podTemplateOf(workload)?.metadata?.annotations?.['mlops-infra/config'];

  test.each([
    ['as a volume', { volumes: [{ name: 'v', configMap: { name: 'settings' } }] }],
    [
      'as part of a volume',
      { volumes: [{ name: 'v', projected: { sources: [{ configMap: { name: 'settings' } }] } }] },
    ],
    ['as an environment', { containers: [{ ...container, envFrom: [{ configMapRef: { name: 'settings' } }] }] }],
    [
      'as a variable of an init container',
      {
        initContainers: [
          { ...container, env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'key' } } }] },
        ],
      },
    ],
  ])('%s', (_, spec) => {
    const digest = (value: string) => digestOf(only(deployment(pod(spec)), settings(value)));
    expect(digest('a')).toMatch(/^[0-9a-f]{8}$/);
    expect(digest('a')).toBe(digest('a'));
    expect(digest('a')).not.toBe(digest('b'));
  });

  test('and keeps its own annotations', () => {
    const spec = { volumes: [{ name: 'v', configMap: { name: 'settings' } }] };
    const workload = only(deployment(pod(spec, { annotations: { 'example.org/a': 'b' } })), settings('a'));
    expect(podTemplateOf(workload)?.metadata?.annotations).toEqual({
      'example.org/a': 'b',
      'mlops-infra/config': digestOf(workload),
    });
  });

  test('and no other', () => {
    const workload = only(
      deployment(pod({ volumes: [{ name: 'v', secret: { secretName: 'settings' } }] })),
      settings('a'),
      settings('a', 'others'),
    );
    expect(podTemplateOf(workload)?.metadata).not.toHaveProperty('annotations');
  });
});

describe('the name of a Job, which cannot be changed, follows', () => {
  const nameOf = (...objects: KubernetesObject[]): string => only(...objects).metadata.name;
  const mounted = pod({ volumes: [{ name: 'v', configMap: { name: 'settings' } }] });

  test('what the Job does', () => {
    expect(nameOf(job(pod()))).toMatch(/^once-[0-9a-f]{8}$/);
    expect(nameOf(job(pod()))).toBe(nameOf(job(pod())));
    expect(nameOf(job(pod()))).not.toBe(
      nameOf(job(pod({ containers: [{ ...container, image: 'example.org/main:2' }] }))),
    );
  });

  test('what its ConfigMap says', () => {
    expect(nameOf(job(mounted), settings('a'))).toBe(nameOf(job(mounted), settings('a')));
    expect(nameOf(job(mounted), settings('a'))).not.toBe(nameOf(job(mounted), settings('b')));
    expect(nameOf(job(pod()), settings('a'))).toBe(nameOf(job(pod()), settings('b')));
  });
});

describe('custom resource definitions', () => {
  const definition = (name: string) =>
    object('CustomResourceDefinition', name, { spec: { versions: [] } }, 'apiextensions.k8s.io/v1');
  const app = new App();
  service(app, 'zoo', [definition('b'), object('Secret', 'x')], Wave.Operators);
  service(app, 'bar', [definition('a')], Wave.Operators);
  const files = collect(app, options());

  test('of all services go into one file of their own, early', () => {
    expect(files.map(({ name, wave, objects }) => [name, wave, objects.map(({ metadata }) => metadata.name)])).toEqual([
      ['10-crds.yaml', Wave.Crds, ['a', 'b']],
      ['30-zoo.yaml', Wave.Operators, ['x']],
    ]);
    expect(files[0]?.objects[1]?.metadata.labels).toMatchObject({ 'app.kubernetes.io/name': 'zoo' });
  });
});

test('files are named and ordered by wave and service, and a service without objects has none', () => {
  const app = new App();
  service(app, 'b', [object('Secret', 'x')], Wave.Consumers);
  service(app, 'c', [object('Namespace', 'x')], Wave.Namespaces);
  service(app, 'empty', [], Wave.Data);
  service(app, 'a', [object('Secret', 'x')], Wave.Consumers);
  const files: OutputFile[] = collect(app, options());
  expect(files.map(({ name, wave }) => [name, wave])).toEqual([
    ['00-c.yaml', 0],
    ['60-a.yaml', 60],
    ['60-b.yaml', 60],
  ]);
});

test('typed objects and Helm releases are collected alike', () => {
  const app = new App();
  const chart = service(app, 'web', [object('Service', 'rendered')]);
  new ApiObject(chart, 'typed', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'typed' } });
  const [file] = collect(app, options());
  expect(file?.objects.map(({ kind, metadata }) => [kind, metadata.name, metadata.namespace])).toEqual([
    ['ServiceAccount', 'typed', 'space'],
    ['Service', 'rendered', 'space'],
  ]);
});

test('within a file come first the kinds that others need, then names, whatever order they are made in', () => {
  const objects = [
    object('Widget', 'w', {}, 'example.org/v1'),
    object('Ingress', 'i', {}, 'networking.k8s.io/v1'),
    deployment(pod(), 'b'),
    deployment(pod(), 'B'),
    deployment(pod(), 'a'),
    object('Service', 's'),
    object('RoleBinding', 'r', {}, 'rbac.authorization.k8s.io/v1'),
    object('Role', 'r', {}, 'rbac.authorization.k8s.io/v1'),
    object('PersistentVolumeClaim', 'p'),
    settings('x'),
    object('ServiceAccount', 's'),
    object('NetworkPolicy', 'n', {}, 'networking.k8s.io/v1'),
  ];
  const order = (given: readonly KubernetesObject[]) =>
    collected(given).map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  expect(order(objects)).toEqual([
    ...['NetworkPolicy/n', 'ServiceAccount/s', 'ConfigMap/settings', 'PersistentVolumeClaim/p', 'Role/r'],
    ...['RoleBinding/r', 'Service/s', 'Deployment/B', 'Deployment/a', 'Deployment/b', 'Ingress/i', 'Widget/w'],
  ]);
  expect(order([...objects].reverse())).toEqual(order(objects));
});

test('what does not wait for helm is collected while helm renders, once, and the output is the same', async () => {
  const app = new App();
  const own = new ServiceChart(app, 'own', { wave: Wave.Applications, namespace: 'space' });
  new ApiObject(own, 'settings', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } });
  const rendered = service(app, 'rendered', []);
  const [release] = HelmRelease.allIn(rendered);
  const done: OutputFile[] = [];
  const ahead = collectAhead(app, options(), (file) => done.push(file));
  if (release !== undefined) release.objects = [object('Secret', 'late')];
  const early = await ahead;
  expect([...early.keys()]).toEqual([own]);
  const files = collect(app, options(), early);
  expect(files).toEqual(collect(app, options()));
  expect(files.map(({ name }) => name)).toEqual(['50-own.yaml', '50-rendered.yaml']);
  expect(done).toEqual([files[0]]);
  expect(done[0]?.objects).toBe(files[0]?.objects);
});
