import type { ImageBuild, ImagePin } from './images';

/** Names of platforms as registries spell them, without the operating system, which is Linux. */
export type Architecture =
  'amd64' | 'arm64' | 'arm' | 'arm/v5' | 'arm/v6' | 'arm/v7' | '386' | 'mips64le' | 'ppc64le' | 's390x';

/**
 * What to know of an image before relying on it. Architectures are those of the release configuration that a comment
 * beside the pin names, licences those of the source at that tag, or, where no comment names it, of the packages of
 * distributions. No registry was asked: a new version is to be looked up anew.
 */
export interface ImageFacts {
  /** SPDX identifier of the program that the image is for; what else is in the image has licences of its own. */
  readonly licence: string;
  /** Of the machines that it runs on. `unknown` where no source tells. */
  readonly architectures: readonly Architecture[] | 'unknown';
  /** In a word or two, what to beware of. @default nothing that is known */
  readonly note?: string;
}

/** An image that a service declares: which one exactly, and what is known of it. */
export interface DeclaredImage extends ImagePin {
  readonly facts: ImageFacts;
}

/** An image is amd64 alone where its release is a plain `docker build`. */
export const amd64 = ['amd64'] as const;
export const amd64AndArm64 = ['amd64', 'arm64'] as const;

export const facts = (licence: string, architectures: ImageFacts['architectures'], note?: string): ImageFacts => ({
  licence,
  architectures,
  ...(note === undefined ? {} : { note }),
});

export const apache = (architectures: ImageFacts['architectures'], note?: string): ImageFacts =>
  facts('Apache-2.0', architectures, note);

const from =
  (registry: string) =>
  (repository: string, tag: string, known: ImageFacts): DeclaredImage => ({
    ...{ registry, repository, tag },
    facts: known,
  });

export const docker = from('docker.io');
export const quay = from('quay.io');
export const kubernetes = from('registry.k8s.io');
export const nvidia = from('nvcr.io');

/** Built by the user and published by nobody, so under a name that no stranger can publish. */
export const built = (repository: string, tag: string, known: ImageFacts, build: ImageBuild): DeclaredImage => ({
  ...from('localhost')(repository, tag, known),
  build,
});

/** What is known of images, by `repository:tag`, without a registry. */
export type KnownImages = ReadonlyMap<string, ImageFacts>;

export const factsByName = (images: readonly DeclaredImage[]): KnownImages =>
  new Map(images.map(({ repository, tag, facts: known }) => [`${repository}:${tag}`, known]));
