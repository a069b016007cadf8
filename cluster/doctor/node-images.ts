import { imageIdentity, parseImage } from '../../lib/images/images';
import { usableNodes } from './capacity';
import { about, counted, some, type Finding } from './finding';
import type { ClusterFacts, Node } from './facts';
import type { Platform } from './platform';

const { warning, ok } = about('images');

/** A node lists no more images than this, the largest first, unless told otherwise (kubelet, nodeStatusMaxImages). */
const mostListed = 50;

/** Whether the nodes have the images that no registry has. */
export function examineNodeImages({ images }: Platform, { nodes = [] }: ClusterFacts): Finding[] {
  const local = images.map(({ image }) => image).filter((image) => parseImage(image).registry === 'localhost');
  // A real node lists at least its own programs, unless it is told to list none.
  const listing = usableNodes(nodes).filter((node) => listedBy(node).length > 0);
  if (local.length === 0 || listing.length === 0) return [];
  const missing = local.filter((image) => !listing.some((node) => has(node, image)));
  if (missing.length === 0) return [ok(`${counted(local.length, 'image')} of no registry: on a node`)];
  const full = listing.filter((node) => listedBy(node).length >= mostListed).map(({ metadata }) => metadata.name);
  const doubt = full.length === 0 ? '' : `, as far as is known: ${some(full)} may have more images than are listed`;
  return [
    warning(
      `no registry has these images, and no node lists them${doubt}: ${some(missing)}`,
      'build and load them before you deploy (docs/images.md): a node whose pull has failed may not take an image that is loaded later',
    ),
  ];
}

/** The names of each image that a node lists. */
const listedBy = ({ status }: Node): readonly (readonly string[])[] =>
  (status?.images ?? []).map(({ names }) => names ?? []);

const has = (node: Node, image: string): boolean =>
  listedBy(node).flat().map(imageIdentity).includes(imageIdentity(image));
