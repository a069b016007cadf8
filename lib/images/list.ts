import { imageFacts, type ImageFacts } from '../../charts/image-facts';
import { textsOf } from '../checks/texts';
import type { PlatformConfig } from '../config/parse';
import type { OutputFile } from '../output/collect';
import { imageIdentity, parseImage } from './images';
import { localImages } from './local';
import { imageUses } from './uses';

/** An image that the cluster may pull for the platform. */
export interface PlatformImage {
  /** As the platform names it. */
  readonly image: string;
  /** Those of which an object names it, as their files are called. */
  readonly services: readonly string[];
  /** Who has to see to it that the image is there: its authors, the user who builds it, or the user who chose it. */
  readonly origin: 'published' | 'built' | 'chosen';
  /** SPDX identifier, or `unknown`. */
  readonly licence: string;
  readonly architectures: ImageFacts['architectures'];
  /** In a word or two, what to beware of. @default nothing that is known */
  readonly note?: string;
}

/** Every image that the output of a config can make the cluster pull, each once, in the order of their names. */
export function listImages(files: readonly OutputFile[], { images }: Pick<PlatformConfig, 'images'>): PlatformImage[] {
  const services = new Map<string, Set<string>>();
  for (const file of files) {
    for (const { image } of imageUses(file.objects, textsOf({ files: [file], secrets: [] }))) {
      services.set(image, (services.get(image) ?? new Set()).add(serviceOf(file)));
    }
  }
  const chosen = new Set(Object.values(images.overrides).map(imageIdentity));
  const built = new Set(localImages(images).map(({ image }) => image));
  const originOf = (image: string): PlatformImage['origin'] => {
    if (chosen.has(imageIdentity(image))) return 'chosen';
    return built.has(image) ? 'built' : 'published';
  };
  return [...services]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([image, of]) => describe(image, [...of].sort(), originOf(image), images.registry));
}

function describe(
  image: string,
  services: readonly string[],
  origin: PlatformImage['origin'],
  registry: string | undefined,
): PlatformImage {
  // Of an image that the user chose nothing is known, whatever it is called.
  const known = origin === 'chosen' ? undefined : imageFacts.get(nameIn(registry, image));
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

/** `repository:tag`, as it is outside the mirror. */
function nameIn(registry: string | undefined, image: string): string {
  const mirrored = registry !== undefined && image.startsWith(`${registry}/`);
  const { repository, tag } = parseImage(mirrored ? `docker.io/${image.slice(registry.length + 1)}` : image);
  return `${repository}:${tag}`;
}

const serviceOf = ({ name }: OutputFile): string => name.replace(/^\d+-(.*)\.yaml$/, '$1');
