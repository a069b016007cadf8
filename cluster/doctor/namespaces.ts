import { about, counted, type Finding } from './finding';
import type { ClusterFacts, Namespace } from './facts';
import { isOurs, makerOf, type Platform } from './platform';

const { problem, warning, ok } = about('namespaces');

const enforced = 'pod-security.kubernetes.io/enforce';

/** Examines the platform's namespaces, and those that the config declares as existing. */
export function examineNamespaces(platform: Platform, { namespaces: live, pods }: ClusterFacts): Finding[] {
  if (live === undefined) return [];
  const byName = new Map(live.map((namespace) => [namespace.metadata.name, namespace]));
  const own = platform.objects.filter(({ kind }) => kind === 'Namespace');
  const findings = own.flatMap((object): Finding[] => {
    const { name, labels } = object.metadata;
    const found = byName.get(name);
    if (found === undefined) return [];
    if (found.status?.phase === 'Terminating')
      return [problem(`${name} is being deleted${reasonOf(found)}`, advice(name))];
    if (isOurs(platform, found)) return [];
    const level = labels?.[enforced] ?? '';
    const theirs = found.metadata.labels?.[enforced];
    const inIt = (pods ?? []).filter(({ metadata }) => metadata.namespace === name).length;
    const text = `${name} exists already, made by ${makerOf(found)}${inIt === 0 ? '' : `, with ${counted(inIt, 'pod')} in it`}`;
    const other = 'if it is for something else, write another namespacePrefix';
    if (theirs !== undefined && theirs !== level) {
      const remedy = `kubectl label namespace ${name} ${enforced}-; ${other}`;
      return [problem(`${text}; it enforces the Pod Security level ${theirs}, and ours ${level}`, remedy)];
    }
    return [warning(`${text}; it would get our labels, and enforce the Pod Security level ${level}`, other)];
  });
  const missing = [...platform.externalNamespaces]
    .filter((name) => !byName.has(name) && !own.some(({ metadata }) => metadata.name === name))
    .map((name) =>
      problem(
        `the config names something in ${name}, and there is no such namespace`,
        'correct the name, or make it first',
      ),
    );
  const all = [...findings, ...missing];
  if (all.length > 0) return all;
  const there = own.filter(({ metadata }) => byName.has(metadata.name)).length;
  return [
    ok(there === 0 ? `${counted(own.length, 'name')} free` : `${there} of ${own.length} are there, of this platform`),
  ];
}

function reasonOf({ status }: Namespace): string {
  const reasons = (status?.conditions ?? []).filter(
    ({ status: holds, message }) => holds === 'True' && message !== undefined,
  );
  return reasons.length === 0 ? '' : ` (${reasons.map(({ message = '' }) => message).join('; ')})`;
}

const advice = (name: string): string =>
  `wait until it is gone; if it stays, see what keeps it: kubectl get namespace ${name} -o yaml`;
