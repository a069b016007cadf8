import { basename } from 'node:path';
import { Images, type ImageBuild, type ImageOptions, type ImagePin } from './images';

/** An image that nobody publishes: the user builds it from this repository. */
export interface LocalImage extends ImageBuild {
  /** As the command line calls it. */
  readonly name: string;
  /** As the config's `images.overrides` calls it. */
  readonly pin: string;
  /** As the platform refers to it. */
  readonly image: string;
}

/** Every image to be built, under the names by which a platform with these options refers to them. */
export function localImages(pins: Readonly<Record<string, ImagePin>>, options: ImageOptions): LocalImage[] {
  const images = new Images(pins, options);
  return Object.entries(pins).flatMap(([pin, { build }]) =>
    build === undefined ? [] : [{ ...build, name: basename(build.folder), pin, image: images.reference(pin) }],
  );
}
