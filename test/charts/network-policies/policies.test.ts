import { parseConfig } from '../../../charts/config';
import { synthesize } from '../../../charts/synthesize';
import { creditcard, merge, type Loose } from '../../support/config';
import { usual } from '../../support/usual-config';

const policiesOf = async (keys: object): Promise<Loose[]> => {
  const { files } = await synthesize(parseConfig(merge(usual, keys)));
  return files.find(({ name }) => name === '05-network-policies.yaml')?.objects.slice() ?? [];
};
const named = (policies: readonly Loose[], kind: string, name: string): Loose =>
  policies.find((policy) => policy.kind === kind && policy.metadata.name === name);

test('there are none where the config says so', async () => {
  expect(await policiesOf({ networkPolicies: false })).toEqual([]);
});

test('each namespace denies everything and lets out to the DNS, before any pod starts', async () => {
  const { files } = await synthesize(parseConfig(usual));
  const [namespaces = [], policies = []] = ['00-namespaces.yaml', '05-network-policies.yaml'].map((file) =>
    files.find(({ name }) => name === file)?.objects.map(({ kind, metadata }) => ({ kind, ...metadata })),
  );
  for (const { name } of namespaces) {
    const own = policies.filter(({ namespace }) => namespace === name).map((policy) => policy.name);
    expect(own).toEqual(expect.arrayContaining(['default-deny', 'dns']));
  }
  expect(files.filter(({ wave }) => wave < 5).map(({ name }) => name)).toEqual(['00-namespaces.yaml']);
});

test('each workload has one policy, with a name of its own, in order', async () => {
  const policies = await policiesOf({ services: { grafana: {} } });
  const places = policies.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  expect(new Set(places).size).toBe(places.length);
  expect(places).toEqual([...places].sort());
  const selectors = policies
    .filter(({ metadata }) => !['default-deny', 'dns'].includes(metadata.name))
    .map(({ metadata, spec }) => JSON.stringify([metadata.namespace, spec.podSelector]));
  expect(new Set(selectors).size).toBe(selectors.length);
});

test("with Cilium, names, nodes and the API server have policies of Cilium's own", async () => {
  const policies = await policiesOf({
    networkPolicies: { flavor: 'cilium' },
    services: {
      minio: { external: { endpoint: 'https://s3.example.org', secret: { namespace: 'vault', name: 's3' } } },
    },
  });
  const { spec } = named(policies, 'CiliumNetworkPolicy', 'mlflow-tracking-server');
  expect(spec).toEqual({
    endpointSelector: { matchLabels: { app: 'mlflow-tracking-server-pods' } },
    egress: [{ toFQDNs: [{ matchName: 's3.example.org' }], toPorts: [{ ports: [{ port: '443', protocol: 'TCP' }] }] }],
  });
  const operator = named(policies, 'CiliumNetworkPolicy', 'prometheus-kube-prometheus-operator').spec.egress;
  // Its ports alone: the entity is whole nodes.
  const ports = [443, 6443, 8443, 16443].map((port) => ({ port: String(port), protocol: 'TCP' }));
  expect(operator).toEqual([{ toEntities: ['kube-apiserver'], toPorts: [{ ports }] }]);
  const prometheus = named(policies, 'CiliumNetworkPolicy', 'prometheus-kube-prometheus-prometheus').spec.egress;
  expect(prometheus).toContainEqual({
    toEntities: ['host', 'remote-node'],
    toPorts: [{ ports: ['10250'].map((port) => ({ port, protocol: 'TCP' })) }],
  });
  const open = policies
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .flatMap(({ spec: { egress = [] } }) => egress)
    .filter(({ to }: Loose) => to === undefined || to.some(({ ipBlock }: Loose) => ipBlock?.cidr === '0.0.0.0/0'));
  expect(open).toEqual([
    { ports: [80, 443].map((port) => ({ port, protocol: 'TCP' })), to: expect.anything() }, // The Internet of flow runs.
  ]);
  const dns = policies.find(({ kind, metadata }) => kind === 'CiliumNetworkPolicy' && metadata.name === 'dns');
  expect(dns.spec.egress[0].toPorts[0].rules).toEqual({ dns: [{ matchPattern: '*' }] });
});

describe('with a thousand models', () => {
  const models = Array.from({ length: 1000 }, (_, at) => ({
    ...creditcard,
    name: `model-${at}`,
    ...(at % 2 === 0 ? { stream: {} } : {}),
    ...(at % 10 === 0 ? { drift: { registeredModel: { name: 'm', version: 1 } } } : {}),
  }));

  test('those that may do the same share a policy, and no object is too large', async () => {
    const policies = await policiesOf({ models });
    const ofModels = policies.filter(({ metadata }) => metadata.namespace === 'mlops-models');
    expect(ofModels.map(({ metadata }) => metadata.name)).toEqual([
      'default-deny',
      'dns',
      'seldondeployments-model-0',
      'seldondeployments-model-1',
      'topics',
    ]);
    expect(policies.length).toBeLessThan(60);
    for (const policy of policies) expect(JSON.stringify(policy).length).toBeLessThan(100_000);
  });

  test('equal ones are not listed one by one', async () => {
    const equal = models.map(({ name }) => ({ ...creditcard, name }));
    const policies = await policiesOf({ models: equal });
    expect(named(policies, 'NetworkPolicy', 'seldondeployments').spec.podSelector).toEqual({
      matchExpressions: [{ key: 'seldon-deployment-id', operator: 'Exists' }],
    });
    expect(JSON.stringify(policies)).not.toContain('model-17');
  });
});
