import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from '../../../charts/config';
import { synthesize } from '../../../charts/synthesize';
import { differences } from '../../../cluster/deploy/differences';
import { AdmissionWebhooks } from '../../../cluster/deploy/admission-webhooks';
import { readPlan, type Plan } from '../../../cluster/deploy/plan';
import { describeRights } from '../../../cluster/deploy/rights';
import { temporaryFolder } from '../../support/temporary';
import { usual } from '../../support/usual-config';
import { object } from '../../support/live-object';
import { planOf } from './objects';

const folder = temporaryFolder();

function written(name: string, files: Readonly<Record<string, string>>): string {
  const place = join(folder, name);
  mkdirSync(place);
  for (const [file, content] of Object.entries(files)) writeFileSync(join(place, file), content);
  return place;
}

const yaml = (name: string, platform = 'mlops'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, labels: {mlops-infra/platform: ${platform}}}\n`;

describe('a plan', () => {
  test('has the files of the folder in the order of their waves, and leaves out what no synthesis wrote', () => {
    const plan = readPlan(written('all', { '40-b.yaml': yaml('b'), '00-a.yaml': yaml('a'), 'notes.txt': 'x' }));
    expect(plan.platform).toBe('mlops');
    expect(plan.chosen.map(({ name, wave }) => [name, wave])).toEqual([
      ['00-a.yaml', 0],
      ['40-b.yaml', 40],
    ]);
  });

  test('of one service has its file to apply, and knows the others', () => {
    const plan = readPlan(written('one', { '40-b.yaml': yaml('b'), '00-a.yaml': yaml('a') }), 'b');
    expect(plan.chosen.map(({ name }) => name)).toEqual(['40-b.yaml']);
    expect(plan.files).toHaveLength(2);
  });

  test.each([
    ['missing', undefined, 'no such folder (run npm run synth first)'],
    ['empty', {}, 'holds no manifests (run npm run synth first)'],
    ['broken', { '00-a.yaml': 'a: [' }, '00-a.yaml: is not YAML that can be applied'],
    ['mixed', { '00-a.yaml': yaml('a'), '10-b.yaml': yaml('b', 'other') }, "holds more than one platform's output"],
    ['unlabelled', { '00-a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' }, 'ConfigMap/a'],
  ])('of a folder that is %s is refused', (name, files, message) => {
    const place = files === undefined ? join(folder, name) : written(name, files);
    expect(() => readPlan(place)).toThrow(message);
  });

  test('of an unknown service is refused with the known ones', () => {
    expect(() => readPlan(join(folder, 'all'), 'kafak')).toThrow('--only kafak: no such file');
    expect(() => readPlan(join(folder, 'all'), 'kafak')).toThrow('choose a, b');
  });
});

describe('the servers of admission webhooks', () => {
  let plan: Plan;
  beforeAll(async () => {
    const { contents } = await synthesize(parseConfig(usual));
    plan = readPlan(written('usual', Object.fromEntries(contents)));
  });

  const judging = (kind: string): string[] => {
    const found = plan.files.flatMap(({ objects }) => objects).find((candidate) => candidate.kind === kind);
    if (found === undefined) throw new Error(`no ${kind} in the plan`);
    return new AdmissionWebhooks(plan).serversFor(found).map(({ metadata }) => metadata.name);
  };

  test('a model: the operator that registers its webhook when it starts', () => {
    expect(judging('SeldonDeployment')).toEqual(['seldon-controller-manager']);
  });

  test('a gateway: istiod, which the webhook configuration points to', () => {
    expect(judging('Gateway')).toEqual(['istiod']);
  });

  test.each(['ServiceMonitor', 'Deployment', 'Namespace'])('a %s: nobody', (kind) => {
    expect(judging(kind)).toEqual([]);
  });

  test('a webhook whose Service selects no Deployment of ours: nobody', () => {
    const crd = object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'things.example.org', {
      spec: { group: 'example.org', names: { kind: 'Thing', plural: 'things' }, scope: 'Namespaced' },
    });
    const webhook = object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'x', {
      webhooks: [
        {
          clientConfig: { service: { name: 'elsewhere', namespace: 'there' } },
          rules: [{ apiGroups: ['example.org'], resources: ['things'] }],
        },
      ],
    });
    const thing = object('example.org/v1', 'Thing', 'x');
    expect(new AdmissionWebhooks(planOf(crd, webhook, thing)).serversFor(thing)).toEqual([]);
  });
});

describe('differences', () => {
  const secret = (value: string) => object('v1', 'Secret', 'x', { data: { key: value } });

  test('name each field with both values, and leave out status and bookkeeping', () => {
    const state = (replicas: number, resourceVersion: string) =>
      object('apps/v1', 'Deployment', 'x', {
        metadata: { name: 'x', resourceVersion },
        spec: { replicas },
        status: { replicas },
      });
    expect(differences(state(1, '1'), state(2, '2'))).toEqual(['spec.replicas: 1 → 2']);
  });

  test('name what is added and what is removed', () => {
    const before = object('v1', 'ConfigMap', 'x', { data: { 'a.b': '1' } });
    const after = object('v1', 'ConfigMap', 'x', { data: { c: ['x'] } });
    expect(differences(before, after)).toEqual(['data."a.b": "1" → none', 'data.c: none → ["x"]']);
  });

  test('never show a value of a Secret', () => {
    const lines = differences(secret('b2xkLXZhbHVl'), secret('bmV3LXZhbHVl'));
    expect(lines).toEqual(['data.key: another value']);
    const { data, ...empty } = secret('b2xkLXZhbHVl');
    expect(JSON.stringify(differences(empty, { ...empty, data }))).not.toContain('b2xkLXZhbHVl');
  });
});

test('missing rights are listed in one line for each kind', () => {
  const right = (verb: string, namespace?: string) => ({ verb, group: 'apps', resource: 'deployments', namespace });
  expect(
    describeRights([right('patch', 'b'), right('create', 'b'), right('patch', 'a'), right('create', 'a')]),
  ).toEqual(['create, patch deployments.apps in a, b']);
  expect(describeRights([{ verb: 'get', group: '', resource: 'namespaces' }])).toEqual(['get namespaces']);
});
