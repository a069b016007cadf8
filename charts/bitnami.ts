import type { OriginalCharts } from '../lib/helm/chart-catalog';
import { facts, type DeclaredImage, type ImageFacts } from '../lib/images/declared';

// What the original charts of Bitnami have in common, which several services can be installed by. They are written for
// the entrypoints, users and folders of Bitnami's images; tags are those of each chart's values.yaml.

/** bitnami/charts issue 35164, bitnami/containers issue 83267 */
export const bitnamiUpkeep =
  'Its images are frozen since August 2025, and have moved from docker.io/bitnami to docker.io/bitnamilegacy.';

/** Where the charts are published: bitnami/charts, README.md of each. */
export const bitnamiRepository = 'oci://registry-1.docker.io/bitnamicharts';

/** The images were frozen there in August 2025 (bitnami/containers issue 83267). */
export const movedRepositories: NonNullable<OriginalCharts['movedRepositories']> = {
  'docker.io/bitnami/': 'docker.io/bitnamilegacy/',
};

/**
 * An image of Bitnami's. They are for arm64 too since February 2023 (bitnami/containers issue 9113).
 *
 * @param architectures those that this tag was built for
 */
export const bitnamiImage = (
  name: string,
  tag: string,
  licence: string,
  architectures: ImageFacts['architectures'],
): DeclaredImage => ({
  ...{ registry: 'docker.io', repository: `bitnamilegacy/${name}`, tag },
  facts: facts(licence, architectures, 'frozen'),
});
