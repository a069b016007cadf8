import { about, some, type Finding } from './finding';
import type { ClusterFacts } from './facts';
import { usableNodes } from './capacity';
import type { Platform } from './platform';

const { problem, warning, ok } = about('architectures');

/** Whether the images support the nodes' architectures. */
export function examineArchitectures({ images }: Platform, { nodes }: ClusterFacts): Finding[] {
  const kinds = new Set(
    (nodes === undefined ? [] : usableNodes(nodes)).flatMap(({ status }) => status?.nodeInfo?.architecture ?? []),
  );
  if (kinds.size === 0) return [];
  const known = images.filter(({ architectures }) => architectures !== 'unknown');
  const lacking = (kind: string): string[] =>
    known.filter(({ architectures }) => !(architectures as readonly string[]).includes(kind)).map(({ image }) => image);
  const nowhere = lacking([...kinds][0] ?? '').filter((image) =>
    [...kinds].every((kind) => lacking(kind).includes(image)),
  );
  const remedy =
    'add nodes that they are made for (npm run images shows which), or build them and name yours in images.overrides';
  if (nowhere.length > 0) {
    return [
      problem(
        `the nodes are ${[...kinds].join(', ')}, and these images are not made for that: ${some(nowhere)}`,
        remedy,
      ),
    ];
  }
  const partly = [...kinds].flatMap((kind) => {
    const images = lacking(kind);
    if (images.length === 0) return [];
    const text = `some nodes are ${kind}, and these images are not made for that: ${some(images)}`;
    return [warning(text, 'taint those nodes, or cordon them, so that the pods go to the others')];
  });
  if (partly.length > 0) return partly;
  const unknown = images.length - known.length;
  return [ok(`${[...kinds].join(', ')}, as the images${unknown === 0 ? '' : ` (of ${unknown} it is not known)`}`)];
}
