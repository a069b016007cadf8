import { serviceSpec } from '../../lib/kubernetes/kube-service';
import { nameOf } from '../../lib/kubernetes/object';
import { requestOf, type AskingContainer } from '../../lib/kubernetes/pod-set';
import { amountOf } from '../../lib/kubernetes/quantity';
import type { ClusterFacts, LimitRange, Quota } from './facts';
import { about, some, type Finding } from './finding';
import { refusedBy } from './limit-ranges';
import { contentOf, format, limitOf, roundUp, type Content } from './namespace-content';
import { isOurs, namespacesOf, type Platform } from './platform';

const { problem, ok } = about('quotas');

/** Whether the namespaces' ResourceQuotas and LimitRanges leave enough for the platform. */
export function examineQuotas(platform: Platform, facts: ClusterFacts): Finding[] {
  const { quotas, limitRanges, namespaces = [] } = facts;
  const own = namespacesOf(platform);
  const ours = new Set(namespaces.filter((live) => isOurs(platform, live)).map(({ metadata }) => metadata.name));
  const here = <T extends Quota | LimitRange>(items: readonly T[] = []): T[] =>
    items.filter(({ metadata }) => own.has(metadata.namespace ?? ''));
  const findings = [
    ...here(quotas).flatMap((quota) => {
      const namespace = quota.metadata.namespace ?? '';
      // What runs in our namespaces now is requested again by the manifests, so current use does not count.
      return ofQuota(
        quota,
        contentOf(platform, namespace),
        here(limitRanges).filter(isIn(namespace)),
        ours.has(namespace),
      );
    }),
    ...here(limitRanges).flatMap((range) => {
      const { namespace = '', name } = range.metadata;
      return refusedBy(range, contentOf(platform, namespace)).map((text) =>
        problem(`LimitRange ${namespace}/${name}: ${text}`, 'widen it, or choose another size in config.ts'),
      );
    }),
  ];
  const looked = here(quotas).length + here(limitRanges).length;
  return findings.length > 0 || looked === 0
    ? findings
    : [ok(`${looked} in namespaces of the platform, all wide enough`)];
}

const isIn =
  (namespace: string) =>
  ({ metadata }: LimitRange): boolean =>
    metadata.namespace === namespace;

/** Scopes that include pods with requests that run indefinitely. */
const ourScopes = ['NotTerminating', 'NotBestEffort'];

function ofQuota(quota: Quota, content: Content, ranges: readonly LimitRange[], ours: boolean): Finding[] {
  const { scopes = [], scopeSelector } = quota.spec ?? {};
  if (scopeSelector !== undefined || scopes.some((scope) => !ourScopes.includes(scope))) return [];
  const asked = askedOf(content);
  const { namespace = '', name } = quota.metadata;
  const findings = Object.entries(quota.spec?.hard ?? {}).flatMap(([resource, hard]): Finding[] => {
    const key = shortNames[resource] ?? resource;
    const wanted = asked[key] ?? 0;
    const used = ours ? 0 : amountOf(quota.status?.used?.[resource] ?? 0);
    if (wanted === 0 || used + wanted <= amountOf(hard)) return [];
    const left = used === 0 ? '' : `, of which ${format(key, used)} is used`;
    return [
      problem(
        `ResourceQuota ${namespace}/${name} allows ${format(key, amountOf(hard))} of ${resource}${left}; the platform asks for ${format(key, roundUp(key, wanted))}`,
        `raise it to ${format(key, roundUp(key, used + wanted))} or more, or choose a smaller size in config.ts`,
      ),
    ];
  });
  return [...findings, ...unspecified(quota, content, ranges)];
}

/** Synonyms (kubernetes.io, Resource Quotas). */
const shortNames: Readonly<Record<string, string>> = { cpu: 'requests.cpu', memory: 'requests.memory' };

function askedOf({ objects, pods, claims }: Content): Record<string, number> {
  const asked: Record<string, number> = {};
  const add = (key: string, amount: number): void => {
    asked[key] = (asked[key] ?? 0) + amount;
  };
  for (const set of pods) {
    // A DaemonSet has an unknown number of pods, at least one.
    add('pods', set.count);
    add('count/pods', set.count);
    for (const resource of ['cpu', 'memory'] as const) {
      add(`requests.${resource}`, requestOf(set, resource) * set.count);
      add(`limits.${resource}`, limitOf(set, resource) * set.count);
    }
  }
  for (const { size, count } of claims) {
    add('requests.storage', size * count);
    add('persistentvolumeclaims', count);
  }
  for (const object of objects.filter(({ kind }) => kind === 'Service')) {
    const { type, ports = [] } = serviceSpec(object);
    add('services', 1);
    if (type === 'LoadBalancer') add('services.loadbalancers', 1);
    if (type === 'NodePort') add('services.nodeports', ports.length);
  }
  for (const { kind } of objects) {
    if (kind === 'ConfigMap' || kind === 'Secret') add(`${kind.toLowerCase()}s`, 1);
  }
  return asked;
}

/** A quota on requests or limits rejects pods in which a container sets none. */
function unspecified(quota: Quota, { pods }: Content, ranges: readonly LimitRange[]): Finding[] {
  const defaults = ranges.flatMap(({ spec }) => (spec?.limits ?? []).filter(({ type }) => type === 'Container'));
  return Object.keys(quota.spec?.hard ?? {}).flatMap((resource): Finding[] => {
    const [, side, what] = /^(requests|limits)\.(cpu|memory)$/.exec(shortNames[resource] ?? resource) ?? [];
    if (side === undefined || what === undefined) return [];
    const isDefault = defaults.some((limits) => {
      const given =
        side === 'limits' ? [limits.default, limits.max] : [limits.defaultRequest, limits.default, limits.max];
      return given.some((amounts) => amounts?.[what] !== undefined);
    });
    if (isDefault) return [];
    const says = ({ resources }: AskingContainer): boolean =>
      (side === 'requests' ? [resources?.requests, resources?.limits] : [resources?.limits]).some(
        (amounts) => amounts?.[what] !== undefined,
      );
    const silent = pods.filter(({ containers, initContainers }) => ![...containers, ...initContainers].every(says));
    if (silent.length === 0) return [];
    const { namespace = '', name } = quota.metadata;
    return [
      problem(
        `ResourceQuota ${namespace}/${name} counts ${resource}, so each container must say it, and not all do: ${some(silent.map(({ owner }) => nameOf(owner)))}`,
        `put a LimitRange with a default for ${what} into ${namespace}`,
      ),
    ];
  });
}
