import { Callers, everything, everywhere, inside, nowhere, outside } from '../callers';
import type { Given } from '../given';
import { step } from '../step';

const inNamespace = (name: string): object => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
});
const friends = { ...inNamespace(outside), podSelector: { matchLabels: { role: 'friend' } } };
const toInside = { to: [inNamespace(inside)] };
const toNames = {
  to: [{ ...inNamespace('kube-system'), podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }],
  ports: ['UDP', 'TCP'].map((protocol) => ({ port: 53, protocol })),
};

/** The cluster does what NetworkPolicies say: without that, nothing else shows that they let through what a platform needs. */
export function policyTests(given: () => Given): void {
  let callers: Callers;
  beforeAll(async () => {
    callers = await Callers.start(given().cluster);
  });
  afterAll(() => Callers.stop(given().cluster));

  const letIn = (...ingress: object[]): Promise<void> =>
    callers.policy(inside, 'let-in', { policyTypes: ['Ingress'], ingress });
  const letOut = (...egress: object[]): Promise<void> =>
    callers.policy(outside, 'let-out', { policyTypes: ['Egress'], egress });

  step('without one, every pod reaches every other by name, by Service and by address', async () => {
    await callers.open(everywhere);
  });

  step('a namespace that denies ingress lets in no pod', async () => {
    await callers.policy(inside, 'deny', { policyTypes: ['Ingress'] });
    await callers.open(nowhere);
  });

  step('a namespace that denies ingress lets in the probes of the kubelet', async () => {
    await callers.ready(false);
    await callers.ready(true);
  });

  step('a rule for a namespace, a label and a port lets in these pods, at this port', async () => {
    await letIn({ from: [friends], ports: [{ port: 8080 }] });
    await callers.open({ ...nowhere, friend: ['http', 'name', 'service'] });
  });

  step('a rule may call the port by its name', async () => {
    await letIn({ from: [friends], ports: [{ port: 'metrics' }] });
    await callers.open({ ...nowhere, friend: ['metrics'] });
  });

  step('a namespace that denies egress lets out no pod, even to those that would let it in', async () => {
    await letIn({ from: [{ namespaceSelector: {} }] });
    await callers.open(everywhere);
    await callers.policy(outside, 'deny', { policyTypes: ['Egress'] });
    await callers.open({ ...nowhere, neighbour: everything });
  });

  step('a rule that lets out to pods does not let out to the server of names', async () => {
    await letOut(toInside);
    const ways = ['http', 'metrics', 'service'] as const;
    await callers.open({ friend: ways, stranger: ways, neighbour: everything });
    await letOut(toInside, toNames);
    await callers.open(everywhere);
  });

  step('a rule for addresses lets out to them, and not to those that it excepts', async () => {
    // Of a pod, as no address outside of the cluster is sure to answer.
    const { address } = callers;
    await letOut({ to: [{ ipBlock: { cidr: `${address}/32` } }] });
    const ways = ['http', 'metrics', 'service'] as const;
    await callers.open({ friend: ways, stranger: ways, neighbour: everything });
    const pair = address.replace(/\d+$/, (last) => `${Number(last) & ~1}/31`);
    await letOut({ to: [{ ipBlock: { cidr: pair, except: [`${address}/32`] } }] });
    await callers.open({ ...nowhere, neighbour: everything });
  });

  step('without policies, everything is open again', async () => {
    await callers.withoutPolicies();
    await callers.open(everywhere);
  });
}
