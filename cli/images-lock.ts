import type { PlatformConfig } from '../charts/config';
import { withDigests } from '../charts/config';
import { writeLockFile } from '../lib/files/lock-file';
import { digestSource, findDigests } from '../lib/images/digests';
import { Images, imageReference, parseImage } from '../lib/images/images';
import type { PlatformImage } from '../lib/images/list';
import { changesOf, imageLockOf, type ImageDigests } from '../lib/images/lock';
import { print } from './terminal';

export interface LockOptions {
  /** The config file; the lock is beside it. */
  readonly config: string;
  /** Accept that a tag means something else than in the lock. */
  readonly update: boolean;
}

/** A config whose images are listed as their authors publish them or the user chose them, by tag alone. */
export const unmirrored = (config: PlatformConfig): PlatformConfig =>
  withDigests({ ...config, images: { ...config.images, registry: undefined } }, undefined);

/**
 * Looks up what the tags of a platform's images mean now, in the mirror if there is one, and adds what is new to the
 * lock. Where a tag means something else than before it throws an error and writes nothing, unless that is accepted.
 */
export async function lockImages(
  config: PlatformConfig,
  imagesOf: (config: PlatformConfig) => Promise<readonly PlatformImage[]>,
  { config: file, update }: LockOptions,
): Promise<void> {
  const path = imageLockOf(file);
  const locked = config.images.digests ?? {};
  const { registry } = config.images;
  const places = placesOf(await imagesOf(unmirrored(config)), registry);
  const source = digestSource();
  const now = await findDigests(places, source).catch((error: unknown) => {
    throw registry === undefined ? error : new Error(`${(error as Error).message}\n${fillingMirror(registry)}`);
  });
  const { added, moved } = changesOf(locked, now);
  if (moved.length > 0 && !update) throw new Error(refusal(path, moved, locked, now));
  if (added.length + moved.length > 0) writeLockFile(path, { ...locked, ...now });
  for (const reference of [...added, ...moved].sort()) print(`${reference}@${now[reference]}`);
  const counts = `${Object.keys(now).length} images, ${added.length} new, ${moved.length} moved`;
  print(`${path}: ${counts}, looked up with ${source.name}`);
}

/**
 * Reference in the lock → the reference to ask for. Without images that the user builds, because they change with every
 * build, and without those that have a digest.
 */
function placesOf(images: readonly PlatformImage[], registry: string | undefined): Map<string, string> {
  const mirror = new Images({}, { registry });
  const tagged = images.filter(({ image, origin }) => origin !== 'built' && parseImage(image).digest === undefined);
  return new Map(
    tagged.map(({ image, origin }) => {
      const reference = imageReference(parseImage(image));
      return [reference, origin === 'chosen' ? reference : mirror.relocate(reference)];
    }),
  );
}

const fillingMirror = (registry: string): string =>
  `Copy what the mirror lacks: npm run --silent images -- --mirror ${registry} > mirror.sh`;

const refusal = (path: string, moved: readonly string[], locked: ImageDigests, now: ImageDigests): string =>
  [
    `${path}: ${moved.length === 1 ? 'a tag means' : `${moved.length} tags mean`} something else than when locked:`,
    ...moved.map((reference) => `  ${reference}: was ${locked[reference]}, is ${now[reference]}`),
    'Nothing was written. If their authors have published them anew, accept that: npm run images -- lock --update',
  ].join('\n');
