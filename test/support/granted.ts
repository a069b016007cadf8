import type { PolicyRule } from '../../lib/checks/powers';
import type { KubernetesObject } from '../../lib/kubernetes/object';

interface Binding {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly namespace: string; readonly name: string }[];
}

/** A rule that somebody has, and where it counts: in a namespace, or everywhere. */
interface Granted {
  readonly rule: PolicyRule;
  readonly where: string;
}

const reading = ['get', 'list', 'watch'];

/**
 * For each ServiceAccount with rights, `namespace/name` → in words what it may change, and where it may read Secrets: all that
 * makes its token worth having. What it may read besides is left out.
 */
export function grantedIn(objects: readonly KubernetesObject[]): Record<string, string> {
  const granted = new Map<string, Granted[]>();
  for (const binding of objects.filter(({ kind }) => kind === 'RoleBinding' || kind === 'ClusterRoleBinding')) {
    const { roleRef, subjects = [] } = binding as unknown as Binding;
    const { namespace } = binding.metadata;
    const role = objects.find(
      ({ kind, metadata }) =>
        kind === roleRef.kind &&
        metadata.name === roleRef.name &&
        metadata.namespace === (kind === 'Role' ? namespace : undefined),
    );
    if (role === undefined) throw new Error(`${binding.metadata.name} grants ${roleRef.name}, which is not there`);
    const rules = (role.rules as readonly PolicyRule[]).map((rule) => ({ rule, where: namespace ?? 'everywhere' }));
    for (const { namespace: home, name } of subjects)
      granted.set(`${home}/${name}`, [...(granted.get(`${home}/${name}`) ?? []), ...rules]);
  }
  return Object.fromEntries([...granted].sort().map(([account, rules]) => [account, inWords(rules)]));
}

/** `writes deployments, services in mlops-models; reads secrets everywhere`. */
function inWords(granted: readonly Granted[]): string {
  const parts = [
    ...byPlace(granted, 'writes', ({ verbs }) => verbs.some((verb) => !reading.includes(verb))),
    ...byPlace(
      granted,
      'reads',
      ({ verbs, resources = [] }) => resources.includes('secrets') && verbs.some((verb) => reading.includes(verb)),
    ),
  ];
  return parts.length === 0 ? 'nothing' : parts.join('; ');
}

function byPlace(granted: readonly Granted[], does: string, isMeant: (rule: PolicyRule) => boolean): string[] {
  const places = new Map<string, string[]>();
  for (const where of new Set(granted.map((one) => one.where))) {
    const rules = granted.filter((one) => one.where === where).map(({ rule }) => rule);
    const meant = rules.filter(isMeant).flatMap((rule) => namesOf(rule));
    // Who may do it to all of a kind may do it to one.
    const what = [...new Set(meant)]
      .filter((one) => !one.endsWith(byName) || !meant.includes(one.slice(0, -byName.length)))
      .sort()
      .join(', ');
    if (what !== '') places.set(what, [...(places.get(what) ?? []), where]);
  }
  return [...places].map(([what, where]) =>
    where.includes('everywhere') ? `${does} ${what} everywhere` : `${does} ${what} in ${where.sort().join(', ')}`,
  );
}

const byName = ' by name';

/** What says something of an object, or asks something, and changes nothing that a program acts on. */
const harmless = /\/(status|finalizers)$|^(events|tokenreviews|subjectaccessreviews)$/;

/** Rights over objects by name are marked: they reach no other. */
const namesOf = ({ resources = [], resourceNames }: PolicyRule): string[] =>
  resources
    .filter((resource) => !harmless.test(resource))
    .map((resource) => (resourceNames === undefined ? resource : `${resource}${byName}`));
