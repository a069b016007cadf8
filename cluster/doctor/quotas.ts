import { serviceSpec } from '../../lib/checks/service';
import { nameOf, type KubernetesObject } from '../../lib/kubernetes/object';
import { claimSetsOf, podSetsOf, requestOf, type AskingContainer, type PodSet } from '../../lib/output/pod-sets';
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
      const objects = platform.objects.filter(({ metadata }) => metadata.namespace === namespace);
      // What runs in our namespaces now is requested again by the manifests, so current use does not count.
      return ofQuota(quota, objects, here(limitRanges).filter(isIn(namespace)), ours.has(namespace));
    }),
    ...here(limitRanges).flatMap((range) =>
      ofRange(
        range,
        platform.objects.filter(({ metadata }) => metadata.namespace === range.metadata.namespace),
      ),
    ),
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

function ofQuota(
  quota: Quota,
  objects: readonly KubernetesObject[],
  ranges: readonly LimitRange[],
  ours: boolean,
): Finding[] {
  const { scopes = [], scopeSelector } = quota.spec ?? {};
  if (scopeSelector !== undefined || scopes.some((scope) => !ourScopes.includes(scope))) return [];
  const asked = askedOf(objects);
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
  return [...findings, ...unspecified(quota, objects, ranges)];
}

/** Synonyms (kubernetes.io, Resource Quotas). */
const shortNames: Readonly<Record<string, string>> = { cpu: 'requests.cpu', memory: 'requests.memory' };

function askedOf(objects: readonly KubernetesObject[]): Record<string, number> {
  const asked: Record<string, number> = {};
  const add = (key: string, amount: number): void => {
    asked[key] = (asked[key] ?? 0) + amount;
  };
  for (const set of objects.flatMap(podSetsOf)) {
    // A DaemonSet has an unknown number of pods, at least one.
    add('pods', set.count);
    add('count/pods', set.count);
    for (const resource of ['cpu', 'memory'] as const) {
      add(`requests.${resource}`, requestOf(set, resource) * set.count);
      add(`limits.${resource}`, limitOf(set, resource) * set.count);
    }
  }
  for (const { size, count } of objects.flatMap(claimSetsOf)) {
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
function unspecified(quota: Quota, objects: readonly KubernetesObject[], ranges: readonly LimitRange[]): Finding[] {
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
    const silent = objects
      .flatMap(podSetsOf)
      .filter(({ containers, initContainers }) => ![...containers, ...initContainers].every(says));
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

function ofRange(range: LimitRange, objects: readonly KubernetesObject[]): Finding[] {
  const { namespace = '', name } = range.metadata;
  return (range.spec?.limits ?? []).flatMap((limits) => {
    const broken =
      limits.type === 'PersistentVolumeClaim' ? brokenByClaims(limits, objects) : brokenByPods(limits, objects);
    return [...new Set(broken)].map((text) =>
      problem(`LimitRange ${namespace}/${name}: ${text}`, 'widen it, or choose another size in config.ts'),
    );
  });
}

function brokenByClaims({ max, min }: Limits, objects: readonly KubernetesObject[]): string[] {
  return objects.flatMap((object) =>
    claimSetsOf(object).flatMap(({ size }) => [
      ...above(`a volume of ${nameOf(object)}`, 'requests.storage', size, max?.storage),
      ...below(`a volume of ${nameOf(object)}`, 'requests.storage', size, min?.storage),
    ]),
  );
}

function brokenByPods(
  { type, max, min, maxLimitRequestRatio: ratio }: Limits,
  objects: readonly KubernetesObject[],
): string[] {
  return objects.flatMap(podSetsOf).flatMap((set) =>
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
