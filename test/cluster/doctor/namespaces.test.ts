import { examineNamespaces } from '../../../cluster/doctor/namespaces';
import { examineQuotas } from '../../../cluster/doctor/quotas';
import type { Loose } from '../../support/config';
import { facts, lines, live, ours, platform } from './fixtures';

describe('namespaces', () => {
  const namespace = (metadata: Loose = {}, status: Loose = {}) => live('v1 Namespace mlops-web', { metadata, status });
  const enforcing = (level: string) => ({ labels: { 'pod-security.kubernetes.io/enforce': level } });

  test.each([
    ['none is there', [], /^ok: 1 name free/],
    ['of ours', [namespace(ours)], /^ok: 1 of 1 are there/],
    ['of others', [namespace()], /^warning: mlops-web exists already, .* → .* namespacePrefix/],
    ['of others, at our level', [namespace(enforcing('restricted'))], /^warning/],
    [
      'of others, at another level',
      [namespace(enforcing('baseline'))],
      /^problem: .* level baseline, and ours restricted → kubectl label namespace mlops-web/,
    ],
    [
      'going',
      [namespace(ours, { phase: 'Terminating', conditions: [{ status: 'True', message: 'a finalizer remains' }] })],
      /^problem: mlops-web is being deleted \(a finalizer remains\)/,
    ],
  ])('%s', (_, namespaces, expected) => {
    expect(lines(examineNamespaces(platform(), facts({ namespaces })))).toEqual([expect.stringMatching(expected)]);
  });

  test('those that the config names must be there', () => {
    const external = { ...platform(), externalNamespaces: new Set(['databases']) };
    expect(lines(examineNamespaces(external, facts()))).toEqual([expect.stringMatching(/^problem: .* in databases/)]);
    const namespaces = [live('v1 Namespace databases')];
    expect(lines(examineNamespaces(external, facts({ namespaces })))).toEqual([expect.stringMatching(/^ok/)]);
  });
});

describe('quotas', () => {
  const quota = (hard: Loose, used: Loose = {}, spec: Loose = {}) =>
    live('v1 ResourceQuota mlops-web/team', { spec: { hard, ...spec }, status: { used } });
  const range = (limits: Loose) => live('v1 LimitRange mlops-web/team', { spec: { limits: [limits] } });

  // Two pods of 100m and 64Mi, at most 1 CPU and 128Mi each, and a volume of 1Gi.
  test.each([
    [{ cpu: '200m', 'limits.memory': '256Mi', pods: '2', 'requests.storage': '1Gi', 'services.nodeports': '0' }, /^ok/],
    [{ cpu: '100m' }, /^problem: .* allows 0\.1 of cpu; the platform asks for 0\.2 → raise it to 0\.2/],
    [{ 'requests.memory': '100Mi' }, /^problem: .* of requests\.memory; .* asks for 0\.13 GiB/],
    [{ 'limits.cpu': '1' }, /^problem: .* of limits\.cpu; the platform asks for 2/],
    [{ pods: '1' }, /^problem: .* allows 1 of pods; the platform asks for 2/],
    [{ 'requests.storage': '500Mi' }, /^problem: .* of requests\.storage; the platform asks for 1 GiB/],
    [{ persistentvolumeclaims: '0' }, /^problem: .* of persistentvolumeclaims/],
  ])('%j', (hard, expected) => {
    expect(lines(examineQuotas(platform(), facts({ quotas: [quota(hard)] })))).toEqual([
      expect.stringMatching(expected),
    ]);
  });

  test('what others use counts, what ours use does not count twice', () => {
    const quotas = [quota({ pods: '3' }, { pods: '2' })];
    expect(lines(examineQuotas(platform(), facts({ quotas })))).toEqual([
      expect.stringMatching(/^problem: .* allows 3 of pods, of which 2 is used; .* → raise it to 4/),
    ]);
    const namespaces = [live('v1 Namespace mlops-web', { metadata: ours })];
    expect(lines(examineQuotas(platform(), facts({ quotas, namespaces })))).toEqual([expect.stringMatching(/^ok/)]);
  });

  test('every replica counts', () => {
    const many = platform((draft) => (draft.find('Deployment', 'web').spec.replicas = 4));
    const seen = facts({ quotas: [quota({ 'requests.cpu': '450m', 'limits.cpu': '5', pods: '5' })] });
    expect(lines(examineQuotas(many, seen))).toEqual([expect.stringMatching(/asks for 0\.5 → /)]);
  });

  test('quotas for other pods, and of other namespaces, are left alone', () => {
    const terminating = quota({ pods: '0' }, {}, { scopes: ['Terminating'] });
    expect(lines(examineQuotas(platform(), facts({ quotas: [terminating] })))).toEqual([expect.stringMatching(/^ok/)]);
    const elsewhere = live('v1 ResourceQuota shop/team', { spec: { hard: { pods: '0' } } });
    expect(examineQuotas(platform(), facts({ quotas: [elsewhere] }))).toEqual([]);
  });

  test('each container must say what is counted, unless a limit range says it', () => {
    const silent = platform((draft) => delete draft.container.resources.limits);
    const quotas = [quota({ 'limits.cpu': '9' })];
    expect(lines(examineQuotas(silent, facts({ quotas })))).toEqual([
      expect.stringMatching(/^problem: .* not all do: Deployment\/mlops-web\/web → put a LimitRange/),
    ]);
    const limitRanges = [range({ type: 'Container', default: { cpu: '1' } })];
    expect(lines(examineQuotas(silent, facts({ quotas, limitRanges })))).toEqual([expect.stringMatching(/^ok/)]);
  });

  test.each([
    [{ type: 'Container', max: { cpu: '1' }, min: { memory: '64Mi' }, maxLimitRequestRatio: { cpu: '10' } }, [/^ok/]],
    [
      { type: 'Container', max: { memory: '100Mi' } },
      [/container web .* wants 0\.13 GiB of limits\.memory/, /container db/],
    ],
    [{ type: 'Container', min: { cpu: '200m' } }, [/container web .* at least 0\.2/, /container db/]],
    [
      { type: 'Container', maxLimitRequestRatio: { cpu: '5' } },
      [/is 10\.0 times its request, at most 5/, /container db/],
    ],
    [{ type: 'Pod', max: { cpu: '500m' } }, [/Deployment\/mlops-web\/web wants 1 of limits\.cpu/, /StatefulSet/]],
    [
      { type: 'PersistentVolumeClaim', max: { storage: '500Mi' } },
      [/a volume of StatefulSet\/mlops-web\/db wants 1 GiB/],
    ],
  ])('a limit range %j', (limits, expected) => {
    expect(lines(examineQuotas(platform(), facts({ limitRanges: [range(limits)] })))).toEqual(
      expected.map((pattern) => expect.stringMatching(pattern)),
    );
  });
});
