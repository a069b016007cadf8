import { basename } from 'node:path';
import { Images, type ImageBuild, type ImageOptions, type ImagePin } from './images';

/** An image that nobody publishes; the user builds it from this repository. */
export interface LocalImage extends ImageBuild {
  /** Name on the command line. */
  readonly name: string;
  /** Name in the config's `images.overrides`. */
  readonly pin: string;
  /** The platform's reference to it. */
  readonly image: string;
}

/** Every image to build, with the references of a platform with these options. */
export function localImages(pins: Readonly<Record<string, ImagePin>>, options: ImageOptions): LocalImage[] {
  const images = new Images(pins, options);
  return Object.entries(pins).flatMap(([pin, { build }]) =>
    build === undefined ? [] : [{ ...build, name: basename(build.folder), pin, image: images.reference(pin) }],
  );
}
