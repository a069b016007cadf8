import { nameOf } from '../../lib/kubernetes/object';
import { requestOf } from '../../lib/kubernetes/pod-set';
import { amountOf } from '../../lib/kubernetes/quantity';
import type { LimitRange, Limits } from './facts';
import { format, limitOf, type Content } from './namespace-content';

/** What of a namespace's content a LimitRange does not allow, each once. */
export const refusedBy = ({ spec }: LimitRange, content: Content): string[] =>
  (spec?.limits ?? []).flatMap((limits) => {
    const broken =
      limits.type === 'PersistentVolumeClaim' ? brokenByClaims(limits, content) : brokenByPods(limits, content);
    return [...new Set(broken)];
  });

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
