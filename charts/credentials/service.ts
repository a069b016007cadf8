import { amd64AndArm64, docker, facts } from '../../lib/images/declared';
import type { SecretsConfig } from '../../lib/config/sections/secrets';
import type { LiveObject } from '../../lib/kubernetes/live-object';
import { ready, unready, type Readiness } from '../../lib/kubernetes/readiness';
import { declareService } from '../../lib/service/declaration';

export default declareService({
  name: 'credentials',
  externalApiGroups: ({ secrets }: { readonly secrets: SecretsConfig }) =>
    secrets.mode === 'externalSecrets' ? ['external-secrets.io'] : [],
  customResources: [{ apiGroup: 'external-secrets.io', kind: 'ExternalSecret', readiness: fetched }],
  checks: {
    unusedAddresses: [{ object: 'ConfigMap/credentials', reason: 'holds what the Secrets of others are to say' }],
  },
  images: {
    // docker-library/official-images, library/node of August 2026, for 24-bookworm-slim
    node: docker('library/node', '24.21.0-bookworm-slim', facts('MIT', [...amd64AndArm64, 'ppc64le'])),
  },
});

/** The condition of its operator (external-secrets 1.x, apis/externalsecrets/v1: ExternalSecretReady). */
function fetched({ status }: LiveObject): Readiness {
  const { conditions = [] } = (status ?? {}) as {
    conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
  const condition = conditions.find(({ type }) => type === 'Ready');
  if (condition?.status === 'True') return ready;
  return unready(condition?.message ?? 'waits for the External Secrets Operator');
}
