import { examineAddresses } from './external-host';
import { examineArchitectures } from './architectures';
import { examineCapacity } from './capacity';
import { examineData } from './data';
import { examineDefinitions } from './definitions';
import { examineExisting } from './existing';
import { about, type Finding } from './finding';
import type { ClusterFacts } from './facts';
import { examineNamespaces } from './namespaces';
import { examineNetworkPolicies } from './network-policies';
import { examineNodeImages } from './node-images';
import { examineNodePorts } from './node-ports';
import { examineOperators } from './operators';
import type { Platform } from './platform';
import { examineQuotas } from './quotas';
import { examineRights } from './missing-rights';
import { examineSecrets } from './secrets';
import { examineSpread } from './spread';
import { examineStorage } from './storage';
import { examineUpgrades } from './upgrades';
import { examineVersion } from './versions';
import { examineWebhooks } from './webhooks';

type Examine = (platform: Platform, facts: ClusterFacts) => Finding[];

const subjects: readonly Examine[] = [
  ...[examineVersion, examineRights, examineOperators, examineDefinitions, examineNamespaces, examineExisting],
  examineUpgrades,
  ...[examineData, examineWebhooks, examineStorage, examineCapacity, examineSpread, examineArchitectures],
  examineNodeImages,
  ...[examineQuotas, examineNodePorts, examineAddresses, examineNetworkPolicies, examineSecrets],
];

/** All findings about a cluster, before a platform is applied to it. */
export const examine = (platform: Platform, facts: ClusterFacts): Finding[] => [
  ...subjects.flatMap((subject) => subject(platform, facts)),
  ...facts.unseen.map(({ what, why }) => about(what).unseen(why)),
];
