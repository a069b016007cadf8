import { amd64AndArm64, docker, facts } from '../../lib/images/declared';
import { declareService } from '../../lib/service/declaration';

export default declareService({
  name: 'credentials',
  checks: {
    unusedAddresses: [{ object: 'ConfigMap/credentials', reason: 'holds what the Secrets of others are to say' }],
  },
  images: {
    // docker-library/official-images, library/node of August 2026, for 24-bookworm-slim
    node: docker('library/node', '24.21.0-bookworm-slim', facts('MIT', [...amd64AndArm64, 'ppc64le'])),
  },
});
