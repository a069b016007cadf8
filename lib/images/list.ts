import type { KubernetesObject } from '../kubernetes/object';
import { textsOf } from '../kubernetes/texts';
import { factsByName, type DeclaredImage, type ImageFacts, type KnownImages } from './declared';
import { imageIdentity, parseImage } from './images';
import type { ImageSources } from './sources';
import type { ImageSpelling } from './spelling';
import { imageUses } from './uses';

/** An image that the cluster may pull for the platform. */
export interface PlatformImage {
  /** The platform's reference to it. */
  readonly image: string;
  /** Services whose objects name it, as their files are called. */
  readonly services: readonly string[];
  /** Who provides the image: its authors, the user who builds it, or the user who chose it. */
  readonly origin: 'published' | 'built' | 'chosen';
  /** SPDX identifier, or `unknown`. */
  readonly licence: string;
  readonly architectures: ImageFacts['architectures'];
  /** Caveat in a word or two. @default none known */
  readonly note?: string;
}

/** The images that services declare. */
export interface ImageCatalog {
  /** Images of the platform, by the names that `images.overrides` knows. */
  readonly pins: Readonly<Record<string, DeclaredImage>>;
  /** Images that original Helm charts start instead, or name themselves. */
  readonly original: readonly DeclaredImage[];
  /** How their configuration names images. */
  readonly spellings: readonly ImageSpelling[];
}

/** A file of the output: its objects, and the service in its name. */
interface ServiceFile {
  readonly name: string;
  readonly objects: readonly KubernetesObject[];
}

/** Every image that the output can make the cluster pull, once each, sorted by name. */
export function listImages(
  files: readonly ServiceFile[],
  { pins, original, spellings }: ImageCatalog,
  { registry, chosen, built }: ImageSources,
): PlatformImage[] {
  const known = factsByName([...Object.values(pins), ...original]);
  const services = new Map<string, Set<string>>();
  for (const file of files) {
    for (const { image } of imageUses(file.objects, textsOf(file.objects), spellings)) {
      services.set(image, (services.get(image) ?? new Set()).add(serviceOf(file)));
    }
  }
  const own = new Set(chosen.map(imageIdentity));
  const originOf = (image: string): PlatformImage['origin'] => {
    if (own.has(imageIdentity(image))) return 'chosen';
    return built.includes(image) ? 'built' : 'published';
  };
  return [...services]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([image, of]) => describe(image, [...of].sort(), originOf(image), known, registry));
}

function describe(
  image: string,
  services: readonly string[],
  origin: PlatformImage['origin'],
  facts: KnownImages,
  registry: string | undefined,
): PlatformImage {
  // Nothing is known about an image that the user chose, whatever its name.
  const known = origin === 'chosen' ? undefined : facts.get(nameIn(registry, image));
  const note = { published: known?.note, built: 'built by you', chosen: 'your choice' }[origin];
  return {
    image,
    services,
    origin,
    licence: known?.licence ?? 'unknown',
    architectures: known?.architectures ?? 'unknown',
    ...(note === undefined ? {} : { note }),
  };
}

/** `repository:tag`, without the mirror. */
function nameIn(registry: string | undefined, image: string): string {
  const mirrored = registry !== undefined && image.startsWith(`${registry}/`);
  const { repository, tag } = parseImage(mirrored ? `docker.io/${image.slice(registry.length + 1)}` : image);
  return `${repository}:${tag}`;
}

const serviceOf = ({ name }: ServiceFile): string => name.replace(/^\d+-(.*)\.yaml$/, '$1');
