import type { OriginalCharts } from '../lib/helm/chart-catalog';
import { facts, type DeclaredImage, type ImageFacts } from '../lib/images/declared';

// What the original charts of Bitnami have in common. They depend on the entrypoints, users and folders of Bitnami's
// images; the tags are those in each chart's values.yaml.

/** Source: bitnami/charts issue 35164, bitnami/containers issue 83267. */
export const bitnamiUpkeep =
  'Its images are frozen since August 2025, and have moved from docker.io/bitnami to docker.io/bitnamilegacy.';

/** Registry of the charts (bitnami/charts, README.md of each chart). */
export const bitnamiRepository = 'oci://registry-1.docker.io/bitnamicharts';

/** Where the images were frozen in August 2025 (bitnami/containers issue 83267). */
export const movedRepositories: NonNullable<OriginalCharts['movedRepositories']> = {
  'docker.io/bitnami/': 'docker.io/bitnamilegacy/',
};

/**
 * An image of Bitnami's. Tags since February 2023 also support arm64 (bitnami/containers issue 9113).
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
