import type { LiveObject } from '../../lib/kubernetes/live-object';
import { isCrd, nameOf } from '../../lib/kubernetes/object';
import { about, groupBy, some, type Finding } from './finding';
import type { ClusterFacts } from './facts';
import { isOurs, makerOf, type Platform } from './platform';

const { problem, warning, ok } = about('objects');

/** Existing objects under the platform's names, except definitions and namespaces, which others may share. */
export function examineExisting(platform: Platform, { existing }: ClusterFacts): Finding[] {
  const found = [...existing].filter(([object]) => !isCrd(object) && object.kind !== 'Namespace');
  const ours = [...existing.values()].filter((live) => isOurs(platform, live)).map(({ metadata }) => metadata.uid);
  const isOwned = ({ metadata: { ownerReferences = [] } }: LiveObject): boolean =>
    ownerReferences.some(({ uid }) => ours.includes(uid));
  // What an operator of an older platform has made itself is owned by an object of that platform.
  const others = found.filter(([, live]) => !isOurs(platform, live) && !isOwned(live));
  const going = found.filter(([, live]) => isOurs(platform, live) && live.metadata.deletionTimestamp !== undefined);
  const findings = [
    ...[...groupBy(others, ([, live]) => makerOf(live))].map(([maker, group]) =>
      problem(
        `${namesOf(group)} ${group.length === 1 ? 'exists' : 'exist'} already, made by ${maker}`,
        'remove them, if nobody needs them; or give the platform another namespacePrefix, or leave out the service that makes them',
      ),
    ),
    ...(going.length === 0
      ? []
      : [
          warning(
            `${namesOf(going)} ${going.length === 1 ? 'is' : 'are'} being deleted`,
            'wait until they are gone: what is applied to them now goes with them',
          ),
        ]),
  ];
  if (findings.length > 0) return findings;
  return [ok(found.length === 0 ? 'none of the names is taken' : `${found.length} are there, all of this platform`)];
}

const namesOf = (group: readonly (readonly [Parameters<typeof nameOf>[0], LiveObject])[]): string =>
  some(group.map(([object]) => nameOf(object)));
