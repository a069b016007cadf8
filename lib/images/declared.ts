import type { ImageBuild, ImagePin } from './images';

/** Platforms in the notation of registries, without the operating system, which is Linux. */
export type Architecture =
  'amd64' | 'arm64' | 'arm' | 'arm/v5' | 'arm/v6' | 'arm/v7' | '386' | 'mips64le' | 'ppc64le' | 's390x';

/**
 * Facts to know before relying on an image. Architectures come from the release configuration named in the comment next
 * to the pin, licences from the source at that tag or, where no comment names one, from Linux distributions' packages.
 * No registry was queried: look everything up again for a new version.
 */
export interface ImageFacts {
  /** SPDX identifier of the image's main program; other contents have licences of their own. */
  readonly licence: string;
  /** Supported architectures, or `unknown` where no source tells. */
  readonly architectures: readonly Architecture[] | 'unknown';
  /** Caveat in a word or two. @default none known */
  readonly note?: string;
}

/** An image of a service: its exact pin, and its facts. */
export interface DeclaredImage extends ImagePin {
  readonly facts: ImageFacts;
}

/** The only architecture of images that are released with a plain `docker build`. */
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

/** An image that the user builds. Nobody publishes it, so its name must be one that nobody else can publish. */
export const built = (repository: string, tag: string, known: ImageFacts, build: ImageBuild): DeclaredImage => ({
  ...from('localhost')(repository, tag, known),
  build,
});

/** Facts about images by `repository:tag`, without a registry. */
export type KnownImages = ReadonlyMap<string, ImageFacts>;

export const factsByName = (images: readonly DeclaredImage[]): KnownImages =>
  new Map(images.map(({ repository, tag, facts: known }) => [`${repository}:${tag}`, known]));
