import type { Say } from '../../kept';
import type { Buildah } from './buildah';

/** Set, images come from the registries of their authors: for machines that reach them. */
const variable = 'MLOPS_REAL_IMAGES';

export const realImages = (process.env[variable] ?? '') !== '';

/** Whether somebody else publishes it. */
export const isPublished = (reference: string): boolean => !reference.startsWith('localhost/');

/**
 * Fetches an image, also where another has its name: one that was made in its place.
 *
 * @returns its ID
 * @throws Error with what the registry said
 */
export async function pull(engine: Buildah, reference: string, say: Say): Promise<string> {
  const begun = Date.now();
  const id = await engine.run(['pull', '--quiet', '--policy', 'always', reference]);
  say(`${reference}: pulled in ${Math.round((Date.now() - begun) / 1000)} s`);
  return id.trim();
}
