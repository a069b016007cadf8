import { amd64AndArm64, docker, facts } from '../../lib/images/declared';

/**
 * The PostgreSQL of every database. Another major version does not read the data of this one.
 *
 * Architectures: docker-library/official-images, library/postgres of August 2026, for 17-bookworm.
 */
export const postgresqlImage = docker(
  'library/postgres',
  '17.12-bookworm',
  facts('PostgreSQL', [...amd64AndArm64, 'arm/v7', '386', 'ppc64le']),
);
