import { join } from 'node:path';
import { podTemplateOf, type KubernetesObject } from '../../lib/kubernetes/object';
import { copyProject } from '../support/cli';
import type { Loose } from '../support/config';
import { edit, load, touched } from '../support/copies';
import { temporaryFolder } from '../support/temporary';
import { usual } from '../support/usual-config';

// CONTRIBUTING.md, "A setting for every pod", as a newcomer follows it in a copy of the project.

describe('a new setting for every pod', () => {
  const root = join(temporaryFolder(), 'copy');
  const nodeSelector = { pool: 'mlops' };
  let objects: readonly KubernetesObject[];

  beforeAll(async () => {
    copyProject(root);
    const key = 'lib/config/sections/cluster.ts';
    edit(root, key, 'import { dnsName', "import { labels } from '../metadata';\nimport { dnsName");
    edit(
      root,
      key,
      "dnsName('standard').optional(),\n",
      "dnsName('standard').optional(),\n  nodeSelector: labels.default({}),\n",
    );
    const pods = 'lib/output/every-pod.ts';
    edit(
      root,
      pods,
      '  enableServiceLinks: boolean;\n',
      '  enableServiceLinks: boolean;\n  nodeSelector: Readonly<Record<string, string>>;\n',
    );
    edit(
      root,
      pods,
      'export interface PodConfig {\n',
      'export interface PodConfig {\n  readonly cluster: { readonly nodeSelector: Readonly<Record<string, string>> };\n',
    );
    edit(
      root,
      pods,
      '      ...spec,\n      //',
      '      ...spec,\n      nodeSelector: this.config.cluster.nodeSelector,\n      //',
    );
    const model = { ...usual.models[0], canary: { uri: 's3://models/creditcard/2', traffic: 10 } };
    objects = (await load(root).output({ cluster: { nodeSelector }, models: [model] })).flatMap((file) => file.objects);
  });

  test('takes a key of the config and a line of every-pod.ts', () => {
    expect(touched(root)).toEqual(['lib/config/sections/cluster.ts', 'lib/output/every-pod.ts']);
  });

  test('reaches the pods of all workloads, ours and those of Helm charts', () => {
    const specs = objects.flatMap((object) => podTemplateOf(object)?.spec ?? []);
    expect(specs.length).toBeGreaterThan(20);
    for (const spec of specs) expect(spec).toMatchObject({ nodeSelector });
  });

  test('reaches the pods that operators make: Prometheus, Alertmanager, and each predictor of a model', () => {
    const specOf = (kind: string): Loose => objects.find((object) => object.kind === kind)?.spec;
    for (const kind of ['Prometheus', 'Alertmanager']) expect(specOf(kind)).toMatchObject({ nodeSelector });
    const predictors = specOf('SeldonDeployment').predictors.flatMap(({ componentSpecs }: Loose) => componentSpecs);
    expect(predictors).toHaveLength(2);
    for (const { spec } of predictors) expect(spec).toMatchObject({ nodeSelector });
  });

  test('reaches the pods of flow runs', () => {
    const { data } = objects.find(
      ({ kind, metadata: { name } }) => kind === 'ConfigMap' && name === 'prefect-flows',
    ) as Loose;
    const { job_configuration: template } = JSON.parse(data['settings.json']).workPool.baseJobTemplate;
    expect(template.job_manifest.spec.template.spec).toMatchObject({ nodeSelector });
  });
});
