import { serviceSpec } from '../../lib/kubernetes/kube-service';
import { nameOf, type KubernetesObject } from '../../lib/kubernetes/object';
import { requestOf, type AskingContainer, type ClaimSet, type PodSet } from '../../lib/kubernetes/pod-set';
import { claimSetsOf, podSetsOf } from '../../lib/output/demand';
import { amountOf, formatBytes, formatCores } from '../../lib/kubernetes/quantity';
import { about, some, type Finding } from './finding';
import type { ClusterFacts, LimitRange, Limits, Quota } from './facts';
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
    ...here(limitRanges).flatMap((range) => ofRange(range, contentOf(platform, range.metadata.namespace ?? ''))),
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

/** The platform's objects in a namespace. */
interface Content {
  readonly objects: readonly KubernetesObject[];
  readonly pods: readonly PodSet[];
  readonly claims: readonly ClaimSet[];
}

function contentOf({ objects: all, customResources }: Platform, namespace: string): Content {
  const objects = all.filter(({ metadata }) => metadata.namespace === namespace);
  return {
    objects,
    pods: objects.flatMap((object) => podSetsOf(object, customResources)),
    claims: objects.flatMap((object) => claimSetsOf(object, customResources)),
  };
}

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

const limitOf = ({ containers }: PodSet, resource: 'cpu' | 'memory'): number =>
  containers.reduce((sum, { resources }) => sum + amountOf(resources?.limits?.[resource] ?? 0), 0);

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

function ofRange(range: LimitRange, content: Content): Finding[] {
  const { namespace = '', name } = range.metadata;
  return (range.spec?.limits ?? []).flatMap((limits) => {
    const broken =
      limits.type === 'PersistentVolumeClaim' ? brokenByClaims(limits, content) : brokenByPods(limits, content);
    return [...new Set(broken)].map((text) =>
      problem(`LimitRange ${namespace}/${name}: ${text}`, 'widen it, or choose another size in config.ts'),
    );
  });
}

const brokenByClaims = ({ max, min }: Limits, { claims }: Content): string[] =>
  claims.flatMap(({ owner, size }) => [
    ...above(`a volume of ${nameOf(owner)}`, 'requests.storage', size, max?.storage),
    ...below(`a volume of ${nameOf(owner)}`, 'requests.storage', size, min?.storage),
  ]);

function brokenByPods({ type, max, min, maxLimitRequestRatio: ratio }: Limits, { pods }: Content): string[] {
  return pods.flatMap((set) =>
    (['cpu', 'memory'] as const).flatMap((resource) => {
      const place = nameOf(set.owner);
      if (type === 'Pod') {
        return [
          ...above(place, `limits.${resource}`, limitOf(set, resource), max?.[resource]),
          ...below(place, `requests.${resource}`, requestOf(set, resource), min?.[resource]),
        ];
      }
      if (type !== 'Container') return [];
      return [...set.containers, ...set.initContainers].flatMap(({ name, resources }) => {
        const limit = resources?.limits?.[resource];
        const request = resources?.requests?.[resource] ?? limit;
        const who = `container ${name} of ${place}`;
        const most = amountOf(ratio?.[resource] ?? Number.MAX_VALUE);
        const spread = limit === undefined || request === undefined ? 0 : amountOf(limit) / amountOf(request);
        return [
          ...above(who, `limits.${resource}`, limit ?? request, max?.[resource]),
          ...below(who, `requests.${resource}`, request, min?.[resource]),
          ...(spread > most
            ? [
                `${who}: its limit of ${resource} is ${spread.toFixed(1)} times its request, at most ${most} are allowed`,
              ]
            : []),
        ];
      });
    }),
  );
}

function above(who: string, key: string, amount: string | number | undefined, most: string | undefined): string[] {
  if (amount === undefined || most === undefined || amountOf(amount) <= amountOf(most)) return [];
  return [`${who} wants ${format(key, amountOf(amount))} of ${key}, at most ${format(key, amountOf(most))} is allowed`];
}

function below(who: string, key: string, amount: string | number | undefined, least: string | undefined): string[] {
  if (amount === undefined || least === undefined || amountOf(amount) >= amountOf(least)) return [];
  return [
    `${who} wants ${format(key, amountOf(amount))} of ${key}, at least ${format(key, amountOf(least))} is asked for`,
  ];
}

const isBytes = (key: string): boolean => /memory|storage/.test(key);

/** Rounds up to the precision of messages, so that the shown amount suffices. Ignores the error of float sums. */
function roundUp(key: string, amount: number): number {
  const step = (isBytes(key) ? 2 ** 30 : 1) / 100;
  return Math.ceil(amount / step - 1e-9) * step;
}

const format = (key: string, amount: number): string => (isBytes(key) ? formatBytes(amount) : formatCores(amount));
