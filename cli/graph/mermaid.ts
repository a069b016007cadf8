import type { NetworkGraph } from '../../lib/network/graph';
import { byNamespace, isAside } from './dot';

/** The graph in Mermaid's language, without what is aside. */
export function mermaidOf(graph: NetworkGraph): string {
  const edges = graph.edges.filter((edge) => !isAside(edge));
  const used = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const nodes = graph.nodes.filter(({ id }) => used.has(id));
  const idOf = new Map(nodes.map(({ id }, position) => [id, `n${position}`]));
  const nameOf = (id: string): string => idOf.get(id) ?? '';
  return [
    'flowchart LR',
    ...byNamespace({ nodes, edges }).flatMap(([namespace, members]) => {
      const lines = members.map(({ id, name }) => `${nameOf(id)}["${name}"]`);
      return namespace === '' ? lines : [`subgraph ${namespace}`, ...lines, 'end'];
    }),
    ...edges.map(({ from, to, ports }) => {
      const label = ports.length === 0 ? '' : `|"${ports.join(' ')}"|`;
      return `${nameOf(from)} -->${label} ${nameOf(to)}`;
    }),
    '',
  ].join('\n');
}
