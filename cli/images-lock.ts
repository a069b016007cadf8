import type { PlatformConfig } from '../charts/config';
import { withDigests } from '../charts/config';
import { writeLockFile } from '../lib/files/lock-file';
import { digestSource, findDigests } from '../lib/images/digests';
import { imageReference, parseImage } from '../lib/images/images';
import type { PlatformImage } from '../lib/images/list';
import { changesOf, imageLockOf, readImageLock, type ImageDigests } from '../lib/images/lock';

export interface LockOptions {
  /** The config file; the lock is beside it. */
  readonly config: string;
  /** Accept that a tag means something else than in the lock. */
  readonly update: boolean;
}

/**
 * Looks up what the tags of a platform's images mean now, and adds what is new to the lock. Where a tag means something
 * else than before it throws an error and writes nothing, unless that is accepted.
 */
export async function lockImages(
  config: PlatformConfig,
  imagesOf: (config: PlatformConfig) => Promise<readonly PlatformImage[]>,
  { config: file, update }: LockOptions,
): Promise<void> {
  const path = imageLockOf(file);
  const locked = readImageLock(path) ?? {};
  const images = await imagesOf(withDigests(config, undefined));
  const source = digestSource();
  const now = await findDigests(images.flatMap(toLock), source);
  const { added, moved } = changesOf(locked, now);
  if (moved.length > 0 && !update) throw new Error(refusal(path, moved, locked, now));
  if (added.length + moved.length > 0) writeLockFile(path, { ...locked, ...now });
  for (const reference of [...added, ...moved].sort()) console.log(`${reference}@${now[reference]}`);
  const counts = `${Object.keys(now).length} images, ${added.length} new, ${moved.length} moved`;
  console.log(`${path}: ${counts}, looked up with ${source.name}`);
}

/** Images that the user builds change with every build, and a digest needs no lock. */
function toLock({ image, origin }: PlatformImage): string[] {
  const pin = parseImage(image);
  return origin === 'built' || pin.digest !== undefined ? [] : [imageReference(pin)];
}

const refusal = (path: string, moved: readonly string[], locked: ImageDigests, now: ImageDigests): string =>
  [
    `${path}: ${moved.length === 1 ? 'a tag means' : `${moved.length} tags mean`} something else than when locked:`,
    ...moved.map((reference) => `  ${reference}: was ${locked[reference]}, is ${now[reference]}`),
    'Nothing was written. If their authors have published them anew, accept that: npm run images -- lock --update',
  ].join('\n');
