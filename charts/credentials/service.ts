import { amd64AndArm64, docker, facts } from '../../lib/images/declared';
import { declareService } from '../../lib/service/declaration';

export default declareService({
  name: 'credentials',
  images: {
    // docker-library/official-images, library/node at the last commit that names this tag
    node: docker(
      'library/node',
      '20.20.2-bookworm-slim',
      facts('MIT', [...amd64AndArm64, 'arm/v7', 'ppc64le', 's390x']),
    ),
  },
});
