import { Images, parseImage, withoutDigest } from './images';
import type { PlatformImage } from './list';
import type { ImageDigests } from './lock';

/**
 * A shell script that copies the images of a platform without a mirror to the places where `images.registry` expects
 * them, by digest where the lock has one. It skips images that the user builds or chose, and names them in a comment.
 *
 * @param registry host, with optional port and path
 * @param digests the lock, which may lack some of the images
 */
export function mirrorScript(images: readonly PlatformImage[], registry: string, digests: ImageDigests = {}): string {
  const from = (origin: PlatformImage['origin']): string[] =>
    images.filter((image) => image.origin === origin).map(({ image }) => image);
  const published = from('published');
  return [
    '#!/bin/sh',
    `# Copies ${published.length} images, for every architecture that they are published for, to ${registry}.`,
    `# Then set images.registry to '${registry}' in the config. Needs skopeo, logged in to ${registry.split('/')[0]}.`,
    ...comment(
      'Not copied, because you build them (set images.registry, then npm run images -- build --push):',
      from('built'),
    ),
    ...comment('Not copied, because the mirror does not apply to images that you name in the config:', from('chosen')),
    'set -eu',
    '',
    'copy() {',
    '  echo "$2"',
    '  skopeo copy --all --preserve-digests "docker://$1" "docker://$2"',
    '}',
    '',
    ...published.map((image) => `copy ${copyOf(image, registry, digests).join(' ')}`),
    '',
  ].join('\n');
}

const comment = (text: string, images: readonly string[]): string[] =>
  images.length === 0 ? [] : [`# ${text}`, ...images.map((image) => `#   ${image}`)];

/** Source and target. skopeo rejects a name with both a tag and a digest (skopeo 1.22, docker/docker_transport.go). */
function copyOf(image: string, registry: string, digests: ImageDigests): [source: string, target: string] {
  const source = new Images({}, { digests }).relocate(image);
  const target = new Images({}, { registry }).relocate(image);
  const { tag, digest } = parseImage(source);
  if (tag === '' || digest === undefined) return [source, target];
  // An image that is pulled by digest may have any tag.
  return [source.replace(`:${tag}@`, '@'), withoutDigest(target)];
}
