import { operators } from '../../../charts/catalog';
import { imagePins } from '../../../charts/config';
import { examineAddresses } from '../../../cluster/doctor/external-host';
import { examineArchitectures } from '../../../cluster/doctor/architectures';
import { examine } from '../../../cluster/doctor/examine';
import { examineNodeImages } from '../../../cluster/doctor/node-images';
import { examineNodePorts } from '../../../cluster/doctor/node-ports';
import { examineOperators } from '../../../cluster/doctor/operators';
import { examineStorage } from '../../../cluster/doctor/storage';
import { examineVersion } from '../../../cluster/doctor/versions';
import type { Draft } from '../../lib/checks/small-output';
import { facts, lines, live, node, platform, storageClass } from './fixtures';

test('a cluster that the platform fits into has nothing wrong', () => {
  const findings = examine(platform(), facts());
  expect(findings.filter(({ severity }) => severity !== 'ok' && severity !== 'warning')).toEqual([]);
  expect(findings.filter(({ subject, severity }) => severity === 'warning' && subject !== 'addresses')).toEqual([]);
});

test('what could not be read is reported as unseen, and nothing is concluded from it', () => {
  const seen = facts({
    ...{ nodes: undefined, pods: undefined, services: undefined, namespaces: undefined, deployments: undefined },
    ...{ storageClasses: undefined, quotas: undefined, limitRanges: undefined, webhooks: undefined },
    unseen: [{ what: 'nodes', why: 'nodes is forbidden' }],
  });
  const findings = examine(platform(), seen);
  expect(findings.filter(({ severity }) => severity === 'problem' || severity === 'warning')).toEqual([]);
  expect(findings).toContainEqual({ severity: 'unseen', subject: 'nodes', text: 'nodes is forbidden' });
});

const addOperator = (draft: Draft): void => {
  const template = { spec: { containers: [{ name: 'd', image: 'mirror.example.org/istio/pilot:1.31.4' }] } };
  draft.add(30, 'apps/v1 Deployment mlops-web/istiod', { spec: { template } });
};

describe('the version', () => {
  test.each([
    ['v1.31.9', ['problem: v1.31.9: the platform is written for 1.32 to 1.36 → upgrade the cluster to 1.32']],
    ['v1.32.0', ['ok: v1.32.0']],
    ['v1.36.1+k3s1', ['ok: v1.36.1+k3s1']],
    ['v1.37.0', [expect.stringMatching(/^warning: v1\.37\.0: the platform is written for 1\.32 to 1\.36/)]],
    ['unknown', [expect.stringMatching(/^warning: unknown is no version/)]],
  ])('%s is compared with those of the project', (version, expected) => {
    expect(lines(examineVersion(platform(), facts({ version })))).toEqual(expected);
  });

  test('must not be older than the one that the manifests are written for', () => {
    const newer = platform(() => undefined, {
      cluster: { externalHost: '192.0.2.10', kubernetesVersion: '1.35' },
    });
    expect(lines(examineVersion(newer, facts()))).toEqual([
      expect.stringMatching(/^problem: v1\.34\.4 is older than .*"1\.35" → .*kubernetesVersion: '1\.34'/),
    ]);
  });

  test('is compared with what the authors of an operator support, if it is installed', () => {
    expect(lines(examineVersion(platform(addOperator), facts({ version: 'v1.37.0' })))).toEqual([
      expect.stringMatching(/^warning: v1\.37\.0: the platform is written for/),
      expect.stringMatching(/^warning: Istio 1\.31 is supported by its authors on Kubernetes 1\.32 to 1\.36/),
    ]);
  });

  test('a kind that the cluster does not know is reported once for all its objects', () => {
    const unserved = ['a', 'b'].map((name) => live(`example.org/v1 Gateway mlops-web/${name}`));
    expect(lines(examineVersion(platform(), facts({ unserved })))).toEqual([
      expect.stringContaining(
        'does not know Gateway of example.org/v1, which Gateway/mlops-web/a, Gateway/mlops-web/b are',
      ),
    ]);
  });
});

test('the facts about operators are those of the pinned versions', () => {
  const pins = { pilot: imagePins.istiod, 'seldon-core-operator': imagePins.seldonOperator };
  const all = { ...pins, 'prometheus-operator': imagePins.prometheusOperator };
  for (const [program, { repository, tag }] of Object.entries(all)) {
    const { version = '' } = operators.find((operator) => operator.program === program) ?? {};
    expect(repository.endsWith(`/${program}`)).toBe(true);
    expect(tag.replace(/^v/, '').startsWith(`${version}.`)).toBe(true);
  }
  expect(operators).toHaveLength(Object.keys(all).length);
});

test('a second operator of a kind is reported wherever it comes from, and our own is not', () => {
  const containers = [{ name: 'd', image: 'docker.io/istio/pilot:1.24.0' }];
  const other = live('apps/v1 Deployment mesh/istiod', { spec: { template: { spec: { containers } } } });
  const ours = { ...other, metadata: { ...other.metadata, labels: { 'mlops-infra/platform': 'mlops' } } };
  const withOperator = platform(addOperator);
  expect(lines(examineOperators(withOperator, facts({ deployments: [other] })))).toEqual([
    expect.stringMatching(/^problem: another Istio runs in the cluster: mesh\/istiod .* → use it/),
  ]);
  expect(lines(examineOperators(withOperator, facts({ deployments: [ours] })))).toEqual([expect.stringMatching(/^ok/)]);
  expect(examineOperators(platform(), facts({ deployments: [other] }))).toEqual([]);
});

describe('storage', () => {
  const named = platform((draft) => {
    draft.find('StatefulSet', 'db').spec.volumeClaimTemplates[0].spec.storageClassName = 'fast';
  });
  const off = storageClass('standard', false);

  test.each([
    ['the default class is enough', platform(), [storageClass('standard')], /^ok: 1 GiB of volumes, of standard/],
    ['no class at all', platform(), [], /^problem: .*there is none at all\) → install a provisioner/],
    ['no default', platform(), [off], /^problem: .*there is standard\) → write cluster: { storageClass: 'standard'/],
    ['two defaults', platform(), [storageClass('a'), storageClass('b')], /^warning: several .*a, b/],
    [
      'a default that makes no volumes',
      platform(),
      [storageClass('a', true, 'kubernetes.io/no-provisioner')],
      /^warning: .* makes no volumes/,
    ],
    ['a named class', named, [storageClass('fast', false)], /^ok: .*of fast/],
    ['a named class that is not there', named, [off], /^problem: there is no StorageClass fast → .*standard/],
  ])('%s', (_, of, storageClasses, expected) => {
    expect(lines(examineStorage(of, facts({ storageClasses })))).toEqual([expect.stringMatching(expected)]);
  });

  test('does not matter to a platform without volumes', () => {
    const without = platform((draft) => draft.remove('StatefulSet', 'db'));
    expect(examineStorage(without, facts({ storageClasses: [] }))).toEqual([]);
  });

  test('may be of a class that the platform makes itself', () => {
    const making = platform((draft) => {
      const { provisioner, metadata } = storageClass('nfs');
      draft.add(25, 'storage.k8s.io/v1 StorageClass nfs', { provisioner, metadata });
    });
    expect(lines(examineStorage(making, facts({ storageClasses: [] })))).toEqual([expect.stringMatching(/^ok/)]);
  });
});

describe('node ports', () => {
  const wanting = platform((draft) => {
    draft.find('Service', 'web').spec = { type: 'NodePort', ports: [{ port: 80, nodePort: 30500 }] };
  });
  const service = (protocol: string, labels = {}) =>
    live('v1 Service shop/shop', { metadata: { labels }, spec: { ports: [{ port: 1, nodePort: 30500, protocol }] } });

  test('are taken by Services of others, with the same protocol', () => {
    expect(lines(examineNodePorts(wanting, facts({ services: [service('TCP')] })))).toEqual([
      'problem: node port 30500, which Service/mlops-web/web wants, is that of Service/shop/shop → choose another port in config.ts, such as 30501; or remove that Service',
    ]);
    expect(lines(examineNodePorts(wanting, facts({ services: [service('UDP')] })))).toEqual(['ok: 1 port free']);
  });

  test('are not taken by our own', () => {
    const services = [service('TCP', { 'mlops-infra/platform': 'mlops' })];
    expect(lines(examineNodePorts(wanting, facts({ services })))).toEqual(['ok: 1 port free']);
  });

  test('must be in the range of the API server, where its pod shows it', () => {
    const apiServer = live('v1 Pod kube-system/kube-apiserver-a', {
      metadata: { labels: { component: 'kube-apiserver' } },
      spec: { containers: [{ name: 'x', command: ['kube-apiserver', '--service-node-port-range=31000-31999'] }] },
    });
    expect(lines(examineNodePorts(wanting, facts({ pods: [apiServer] })))).toEqual([
      expect.stringMatching(/^problem: the API server gives node ports from 31000 to 31999, and .* wants 30500/),
    ]);
  });
});

describe('architectures', () => {
  const of = (architectures: readonly ('amd64' | 'arm64')[] | 'unknown') => ({
    ...platform(),
    images: [{ image: 'x:1', architectures }],
  });

  test.each([
    ['an image for all of them', of(['amd64', 'arm64']), ['amd64', 'arm64'], /^ok: amd64, arm64, as the images/],
    ['an image for none of them', of(['amd64']), ['arm64'], /^problem: the nodes are arm64, .* x:1/],
    ['an image for some of them', of(['amd64']), ['arm64', 'amd64'], /^warning: some nodes are arm64/],
    ['an image with unknown architectures', of('unknown'), ['arm64'], /^ok: .*\(of 1 it is not known\)/],
  ])('%s', (_, given, kinds, expected) => {
    const nodes = kinds.map((architecture) => node(architecture, { architecture }));
    expect(lines(examineArchitectures(given, facts({ nodes })))).toEqual([expect.stringMatching(expected)]);
  });
});

describe('images that no registry has', () => {
  const web = 'localhost/web:1';
  const wanting = { ...platform(), images: [web, 'docker.io/library/other:1'].map(imageOf) };
  const others = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ names: [`example.org/a:${index}`] }));
  const holding = (...images: readonly { names: string[] }[]) =>
    lines(examineNodeImages(wanting, facts({ nodes: [node('a', { images }), node('b', { images: others(1) })] })));

  function imageOf(image: string) {
    return { image, architectures: 'unknown' } as const;
  }

  test('are on a node, under any of its names', () => {
    expect(holding({ names: ['localhost/web@sha256:1', web] })).toEqual(['ok: 1 image of no registry: on a node']);
  });

  test('are on none: they are named, and no others', () => {
    expect(holding({ names: ['localhost/web:2'] })).toEqual([
      'warning: no registry has these images, and no node lists them: localhost/web:1 → build and load them before you deploy ' +
        '(docs/images.md): a node whose pull has failed may not take an image that is loaded later',
    ]);
  });

  test('may be beyond the end of a list that is full', () => {
    expect(holding(...others(49))).toEqual([expect.stringContaining('no node lists them: ')]);
    expect(holding(...others(50))).toEqual([
      expect.stringContaining('no node lists them, as far as is known: a may have more images than are listed: '),
    ]);
  });

  test('are not looked for where nodes list nothing, and do not matter where the platform has none', () => {
    expect(lines(examineNodeImages(wanting, facts({ nodes: [node('a')] })))).toEqual([]);
    const published = { ...platform(), images: ['localhost:5000/web:1', 'example.org/localhost/web:1'].map(imageOf) };
    expect(lines(examineNodeImages(published, facts({ nodes: [node('a', { images: others(1) })] })))).toEqual([]);
  });
});

describe('addresses', () => {
  const ingress = (className?: string) =>
    platform((draft) => {
      draft.add(50, 'networking.k8s.io/v1 Ingress mlops-web/web', { spec: { ingressClassName: className } });
    });
  const nginx = (isDefault: boolean) =>
    live('networking.k8s.io/v1 IngressClass nginx', {
      metadata: isDefault ? { annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } } : {},
    });

  test.each([
    ['the default class', ingress(), [nginx(true)], /^ok/],
    ['no default class', ingress(), [nginx(false)], /^problem: .* names no IngressClass.* → write className: 'nginx'/],
    ['a class that is there', ingress('nginx'), [nginx(false)], /^ok/],
    ['a class that is not', ingress('traefik'), [nginx(true)], /^problem: .*traefik, and there is nginx/],
    ['no class at all', ingress(), [], /^problem: .* → install an ingress controller/],
  ])('an Ingress of %s', (_, of, ingressClasses, expected) => {
    expect(lines(examineAddresses(of, facts({ ingressClasses })))).toEqual([expect.stringMatching(expected)]);
  });

  test('externalHost should be an address of a node where node ports are used', () => {
    const byPort = platform((draft) => (draft.find('Service', 'web').spec.type = 'NodePort'));
    const addresses = [{ type: 'InternalIP', address: '192.0.2.10' }];
    expect(lines(examineAddresses(byPort, facts({ nodes: [node('a', { addresses })] })))).toEqual([
      'ok: cluster.externalHost, 192.0.2.10, is an address of a node',
    ]);
    expect(lines(examineAddresses(byPort, facts()))).toEqual([expect.stringMatching(/^warning: .*they say none/)]);
    expect(examineAddresses(platform(), facts())).toEqual([]);
  });
});
