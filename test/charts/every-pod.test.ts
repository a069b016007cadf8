import { objectsOf } from '../../lib/checks/output';
import { podTemplateOf, type KubernetesObject } from '../../lib/kubernetes/object';
import { creditcard, parse, type Loose } from '../support/config';
import { assemble } from '../support/output';

// What lib/output/every-pod.ts gives reaches every pod, whoever makes it.

describe('what every pod gets', () => {
  const pullSecrets = ['registry'];
  let objects: readonly KubernetesObject[];

  beforeAll(async () => {
    const model = {
      ...creditcard,
      drift: { registeredModel: { name: 'creditcard', version: 1 } },
      canary: { uri: 's3://models/creditcard/2', traffic: 10 },
      shadow: { uri: 's3://models/creditcard/3' },
      retrain: { deployment: 'train/creditcard' },
    };
    const services = { grafana: {}, istio: { egressGateway: true } };
    const cluster = { externalHost: '192.0.2.10', nfs: { server: 'nfs.example.org', path: '/share' } };
    objects = objectsOf(await assemble(parse({ images: { pullSecrets }, models: [model], services, cluster })));
  });

  const expected = { imagePullSecrets: [{ name: 'registry' }] };

  test('reaches the pods of workloads, ours and those of Helm charts', () => {
    const templates = objects.flatMap((object) => podTemplateOf(object)?.spec ?? []);
    expect(templates.length).toBeGreaterThan(25);
    for (const spec of templates) expect(spec).toMatchObject({ ...expected, enableServiceLinks: false });
  });

  test('reaches the pods that the Prometheus operator makes', () => {
    const servers = objects.filter(({ kind }) => ['Prometheus', 'Alertmanager'].includes(kind));
    expect(servers.map(({ kind }) => kind).sort()).toEqual(['Alertmanager', 'Prometheus']);
    for (const { spec } of servers) expect(spec).toMatchObject(expected);
  });

  test('reaches the pods that Seldon makes: of a model, its canary and its shadow', () => {
    const { predictors } = objects.find(({ kind }) => kind === 'SeldonDeployment')?.spec as Loose;
    const specs = predictors.flatMap(({ componentSpecs }: Loose) => componentSpecs.map(({ spec }: Loose) => spec));
    expect(specs).toHaveLength(3);
    for (const spec of specs) expect(spec).toMatchObject({ ...expected, enableServiceLinks: false });
  });

  test('reaches the pods of flow runs', () => {
    const { data } = objects.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'prefect-flows',
    ) as Loose;
    const { job_configuration: template } = JSON.parse(data['settings.json']).workPool.baseJobTemplate;
    expect(template.job_manifest.spec.template.spec).toMatchObject({ ...expected, enableServiceLinks: false });
  });
});
