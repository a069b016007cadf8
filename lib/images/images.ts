import type { ImageDigests } from './lock';

/** A container image in parts, as Helm charts take it. */
export interface ImagePin {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  /** `sha256:…` of the image index. @default none */
  readonly digest?: string;
  /** How to build an image that nobody publishes. @default it is published under this name */
  readonly build?: ImageBuild;
}

/** Paths from the root of the repository. */
export interface ImageBuild {
  /** Folder of the Dockerfile; its last part is the name for `npm run images -- build`. */
  readonly folder: string;
  /** Folder that the Dockerfile may copy from. */
  readonly context: string;
}

export interface ImageOptions {
  /** Host, and optional path, of a mirror with every image under its original repository name. */
  readonly registry?: string;
  /** Name of a pin → the whole reference that replaces it. */
  readonly overrides?: Readonly<Record<string, string>>;
  /** Names of Secrets to pull with, in every namespace of the platform. */
  readonly pullSecrets?: readonly string[];
  /** New addresses of images that have moved: prefix of a reference → its replacement. */
  readonly movedRepositories?: Readonly<Record<string, string>>;
  /** What tags mean, by the references of the lock. @default tags are written without a digest */
  readonly digests?: ImageDigests;
}

/** The images of a platform: its pins, with the config's mirror and overrides, and the digests of the lock. */
export class Images<Name extends string> {
  readonly pullSecrets: readonly string[];

  constructor(
    private readonly pins: Readonly<Record<Name, ImagePin>>,
    private readonly options: ImageOptions = {},
  ) {
    this.pullSecrets = options.pullSecrets ?? [];
  }

  /** An image in parts. The mirror does not apply to an override. */
  get(name: Name): ImagePin {
    const override = this.options.overrides?.[name];
    if (override !== undefined) return this.locked(parseImage(override));
    const { registry, repository, tag, digest } = this.pins[name];
    const pin = { registry, repository, tag };
    return this.mirrored(this.locked(digest === undefined ? pin : { ...pin, digest }));
  }

  /**
   * The final reference of an image in the output of a chart: at its new address, in the mirror if there is one. An
   * override stays as it is. It, and a pin in the mirror, get their digest even where the chart has no place for one.
   */
  relocate(reference: string): string {
    const { registry, overrides = {}, movedRepositories = {} } = this.options;
    const override = Object.values(overrides)
      .map((whole) => this.own(whole))
      .find((whole) => isWritten(whole, reference));
    if (override !== undefined) return override;
    if (registry !== undefined && reference.startsWith(`${registry}/`)) {
      const pins = (Object.keys(this.pins) as Name[]).map((name) => this.reference(name));
      return pins.find((pin) => isWritten(pin, reference)) ?? this.own(reference);
    }
    const full = imageReference(parseImage(reference));
    const moved = Object.entries(movedRepositories).find(([start]) => full.startsWith(start));
    return imageReference(this.mirrored(this.locked(parseImage(moved === undefined ? full : full.replace(...moved)))));
  }

  /** An image that the user chose, as written but for the digest of the lock. */
  own(reference: string): string {
    const pin = parseImage(reference);
    const { digest } = this.locked(pin);
    return digest === undefined || digest === pin.digest ? reference : `${reference}@${digest}`;
  }

  /** An image as a pod references it. */
  reference(name: Name): string {
    return imageReference(this.get(name));
  }

  private mirrored(pin: ImagePin): ImagePin {
    return { ...pin, registry: this.options.registry ?? pin.registry };
  }

  /** With the digest of the lock, where the image has none of its own. The lock knows no mirror. */
  private locked(pin: ImagePin): ImagePin {
    const digest = pin.digest ?? this.options.digests?.[imageReference(pin)];
    return digest === undefined ? pin : { ...pin, digest };
  }
}

export function imageReference({ registry, repository, tag, digest }: ImagePin): string {
  const tagged = tag === '' ? '' : `:${tag}`;
  return `${registry}/${repository}${tagged}${digest === undefined ? '' : `@${digest}`}`;
}

/** What is actually pulled: a digest makes the tag irrelevant, and some charts omit the tag. */
export function imageIdentity(reference: string): string {
  const pin = parseImage(reference);
  return imageReference(pin.digest === undefined ? pin : { ...pin, tag: '' });
}

export const withoutDigest = (reference: string): string =>
  imageReference({ ...parseImage(reference), digest: undefined });

/** Whether a chart may write an image so: without its digest, or with it and perhaps without the tag. */
const isWritten = (image: string, reference: string): boolean =>
  imageIdentity(reference) === imageIdentity(image) || imageReference(parseImage(reference)) === withoutDigest(image);

/**
 * Splits a reference by the distribution reference grammar: the first component is a registry if it has a dot or a
 * colon or is `localhost`. Without one the registry is docker.io, and a single name is in `library/`.
 */
export function parseImage(reference: string): ImagePin {
  const [rest = '', digest] = reference.split('@');
  const colon = rest.lastIndexOf(':');
  const tagged = colon > rest.lastIndexOf('/');
  const path = tagged ? rest.slice(0, colon) : rest;
  const tag = tagged ? rest.slice(colon + 1) : '';
  const [first = '', ...others] = path.split('/');
  const hasRegistry = others.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const repository = hasRegistry ? others.join('/') : others.length === 0 ? `library/${path}` : path;
  return { registry: hasRegistry ? first : 'docker.io', repository, tag, ...(digest === undefined ? {} : { digest }) };
}
