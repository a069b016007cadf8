import { describeRights } from '../deploy/rights';
import { about, type Finding } from './finding';
import type { ClusterFacts } from './facts';
import type { Platform } from './platform';

const { problem, ok } = about('rights');

/** Whether the current user may apply everything. */
export function examineRights({ objects }: Platform, { missingRights, ungrantableRights }: ClusterFacts): Finding[] {
  const findings = [
    ...(missingRights.length === 0
      ? []
      : [
          problem(
            ['you may not:', ...describeRights(missingRights)].join('\n'),
            'ask an administrator of the cluster for these rights, or to deploy',
          ),
        ]),
    ...(ungrantableRights.length === 0
      ? []
      : [
          problem(
            [
              'the platform grants rights that you do not hold, and only their holders may grant them:',
              ...describeRights(ungrantableRights),
            ].join('\n'),
            'let an administrator of the cluster deploy; or ask for the verbs escalate and bind on roles and clusterroles',
          ),
        ]),
  ];
  return findings.length > 0 ? findings : [ok(`you may apply all ${objects.length} objects`)];
}
