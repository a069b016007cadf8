import { amd64AndArm64, facts } from '../../lib/images/declared';

/** docker-library/official-images, library/postgres at the last commit that names 15.3-bookworm, and 14.3-bullseye. */
export const postgresqlImageFacts = facts('PostgreSQL', [
  ...amd64AndArm64,
  ...(['arm/v5', 'arm/v7', '386', 'mips64le', 'ppc64le', 's390x'] as const),
]);
