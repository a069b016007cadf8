import { inParallel } from '../../../../cluster/api/api';
import { isOriginal } from '../../../../lib/checks/exceptions';
import type { ControlPlane } from '../control-plane';
import type { Platform, Variant } from '../platform';
import { forbidden, rights } from '../rights';

interface Applied {
  readonly cluster: ControlPlane;
  readonly platform: Platform;
  readonly charts: Variant['charts'];
}

/** Each ServiceAccount of an applied platform may do what its program does, and nothing dangerous. */
export function rightsTests(given: () => Applied): void {
  const accounts = () => given().platform.objects.filter(({ kind }) => kind === 'ServiceAccount');
  const idOf = ({ metadata }: { metadata: { namespace?: string; name: string } }): string =>
    `${metadata.namespace ?? ''}/${metadata.name}`;

  /** Those of the calls that the API server would allow to whoever has the token of this account. */
  async function allowed(id: string, calls: readonly string[]): Promise<string[]> {
    if (calls.length === 0) return [];
    const { cluster } = given();
    const [namespace = '', name = ''] = id.split('/');
    const token = await cluster.serviceAccountToken(namespace, name);
    const kind = 'SelfSubjectAccessReview';
    const answers = await inParallel(calls, async (call) => {
      const body = { apiVersion: 'authorization.k8s.io/v1', kind, spec: attributesOf(call) };
      const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
      const { status } = await cluster.api.must<{ status: { allowed: boolean } }>('POST', path, { body, token });
      return status.allowed;
    });
    return calls.filter((_, index) => answers[index]);
  }

  test('has the ServiceAccounts of the table, or of the original charts', () => {
    const unknown = accounts().filter((account) => !isOriginal(account) && !(idOf(account) in rights));
    expect(unknown.map(idOf)).toEqual([]);
    const gone = Object.keys(rights).filter((id) => !accounts().some((account) => idOf(account) === id));
    if (given().charts === 'bundled') expect(gone).toEqual([]);
  });

  test('lets its ServiceAccounts do what their programs do', async () => {
    for (const account of accounts()) {
      const { calls = [] } = rights[idOf(account)] ?? {};
      expect({ account: idOf(account), allowed: await allowed(idOf(account), calls) }).toEqual({
        account: idOf(account),
        allowed: calls,
      });
    }
  });

  // What the original charts grant is the choice of their authors.
  test('lets none of them take over the cluster, or read the secrets of another', async () => {
    const namespaces = given()
      .platform.objects.filter(({ kind }) => kind === 'Namespace')
      .map(({ metadata }) => metadata.name);
    for (const account of accounts().filter((candidate) => !isOriginal(candidate))) {
      const id = idOf(account);
      const unusual = Object.keys(rights[id]?.unusual ?? {});
      const calls = [...new Set([...forbidden(account.metadata.namespace ?? '', namespaces), ...unusual])];
      expect({ id, allowed: (await allowed(id, calls)).sort() }).toEqual({ id, allowed: unusual.sort() });
    }
  });
}

/** `update configmaps:istio-leader in istio-system` as the API spells it. */
function attributesOf(call: string): object {
  const [verb = '', what = '', , namespace] = call.split(' ');
  if (what.startsWith('/')) return { nonResourceAttributes: { verb, path: what } };
  const [type = '', name] = what.split(':');
  const [path = '', subresource] = type.split('/');
  const [resource = '', ...group] = path.split('.');
  return { resourceAttributes: { verb, resource, group: group.join('.'), subresource, name, namespace } };
}
