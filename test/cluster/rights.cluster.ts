import { isOriginal } from '../../lib/checks/exceptions';
import { ControlPlane } from './control-plane';
import { type Platform, richConfig, synthesizeTo } from './platform';
import { forbidden, rights } from './rights';
import { describeVariants } from './variants';

const kinds = ['Namespace', 'ServiceAccount', 'Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'];

describeVariants('the ServiceAccounts of a whole platform', ({ version, charts }) => {
  let cluster: ControlPlane;
  let platform: Platform;

  beforeAll(async () => {
    cluster = await ControlPlane.start({ version });
    platform = await synthesizeTo(cluster.path('dist'), { ...richConfig, charts });
    const items = platform.objects.filter(({ kind }) => kinds.includes(kind));
    const { code, stderr } = await cluster.kubectl(['apply', '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
  afterAll(() => cluster.stop());

  const accounts = () => platform.objects.filter(({ kind }) => kind === 'ServiceAccount');
  const idOf = ({ metadata }: { metadata: { namespace?: string; name: string } }): string =>
    `${metadata.namespace ?? ''}/${metadata.name}`;

  /** Those of the calls that the API server would allow to whoever has the token of this account. */
  async function allowed(id: string, calls: readonly string[]): Promise<string[]> {
    if (calls.length === 0) return [];
    const [namespace = '', name = ''] = id.split('/');
    const kubeconfig = await cluster.serviceAccountKubeconfig(namespace, name);
    const items = calls.map((call) => ({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      metadata: {},
      spec: attributesOf(call),
    }));
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    const { code, stdout, stderr } = await cluster.kubectl(['create', '-o', 'json', '-f', '-'], { input, kubeconfig });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const reviews = documents(stdout) as { status: { allowed: boolean } }[];
    expect(reviews).toHaveLength(calls.length);
    return calls.filter((_, index) => reviews[index]?.status.allowed === true);
  }

  test('are those of the table, or of the original charts', () => {
    const unknown = accounts().filter((account) => !isOriginal(account) && !(idOf(account) in rights));
    expect(unknown.map(idOf)).toEqual([]);
    const gone = Object.keys(rights).filter((id) => !accounts().some((account) => idOf(account) === id));
    if (charts === 'bundled') expect(gone).toEqual([]);
  });

  test('may do what their programs do', async () => {
    for (const account of accounts()) {
      const { calls = [] } = rights[idOf(account)] ?? {};
      expect({ account: idOf(account), allowed: await allowed(idOf(account), calls) }).toEqual({
        account: idOf(account),
        allowed: calls,
      });
    }
  });

  // What the original charts grant is the choice of their authors.
  test('may do nothing that would let one take over the cluster, or read the secrets of another', async () => {
    for (const account of accounts().filter((candidate) => !isOriginal(candidate))) {
      const id = idOf(account);
      const unusual = Object.keys(rights[id]?.unusual ?? {});
      const calls = [...new Set([...forbidden(account.metadata.namespace ?? ''), ...unusual])];
      expect({ id, allowed: (await allowed(id, calls)).sort() }).toEqual({ id, allowed: unusual.sort() });
    }
  });
});

/** `update configmaps:istio-leader in istio-system` as the API spells it. */
function attributesOf(call: string): object {
  const [verb = '', what = '', , namespace] = call.split(' ');
  if (what.startsWith('/')) return { nonResourceAttributes: { verb, path: what } };
  const [type = '', name] = what.split(':');
  const [path = '', subresource] = type.split('/');
  const [resource = '', ...group] = path.split('.');
  return { resourceAttributes: { verb, resource, group: group.join('.'), subresource, name, namespace } };
}

/** kubectl prints several objects one after the other, or one List. */
function documents(text: string): unknown[] {
  const parsed: unknown[] = text
    .split(/^(?=\{$)/m)
    .filter((part) => part.trim() !== '')
    .map((part) => JSON.parse(part) as unknown);
  return parsed.flatMap((item) => (item as { items?: unknown[] }).items ?? [item]);
}
