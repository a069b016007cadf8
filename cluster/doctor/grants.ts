import type { Right } from '../deploy/rights';
import type { KubernetesObject } from '../../lib/kubernetes/object';

interface PolicyRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
}

/** What roles grant, as rights that their creator must hold. */
export interface Grants {
  /** Without rules about URLs. */
  readonly rights: readonly Right[];
  /** Rights that are sufficient instead. */
  readonly instead: readonly Right[];
}

/**
 * Rights that a user needs to create roles and bindings. The API server rejects a role with a right that its creator
 * does not hold, and its binding, unless the creator may `escalate` and `bind` it (kubernetes 1.36.3,
 * pkg/registry/rbac, {role,rolebinding}/policybased/storage.go).
 */
export function grantedRights(objects: readonly KubernetesObject[]): Grants {
  const roles = objects.filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole');
  return {
    rights: roles.flatMap(({ rules, metadata: { namespace } }) =>
      ((rules ?? []) as readonly PolicyRule[]).flatMap(({ apiGroups = [], resources = [], verbs }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) => verbs.map((verb) => ({ verb, group, resource, namespace }))),
        ),
      ),
    ),
    instead: roles.flatMap(({ kind, metadata: { namespace } }) =>
      ['escalate', 'bind'].map((verb) => ({
        ...{ verb, group: 'rbac.authorization.k8s.io', resource: `${kind.toLowerCase()}s` },
        namespace,
      })),
    ),
  };
}
