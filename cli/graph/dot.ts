import type { GraphEdge, GraphNode, NetworkGraph } from '../../lib/network/graph';

/** Edges that would hide all others: measurements, and the API server. */
export const isAside = ({ to, purposes }: GraphEdge): boolean =>
  to === 'the API server' || purposes.every((purpose) => purpose === 'metrics');

/** Nodes by namespace; those of none under the empty name. */
export function byNamespace({ nodes }: NetworkGraph): [namespace: string, nodes: GraphNode[]][] {
  const groups = new Map<string, GraphNode[]>();
  for (const node of nodes) groups.set(node.namespace ?? '', [...(groups.get(node.namespace ?? '') ?? []), node]);
  return [...groups].sort(([one], [other]) => (one < other ? -1 : 1));
}

const quoted = (text: string): string => JSON.stringify(text);

/** The graph in Graphviz' language: a box for each namespace, and dashed lines for what is aside. */
export function dotOf(graph: NetworkGraph): string {
  const nodeLine = ({ id, name, namespace }: GraphNode): string =>
    `${quoted(id)} [label=${quoted(name)}${namespace === undefined ? ', shape=ellipse' : ''}];`;
  const boxes = byNamespace(graph).flatMap(([namespace, nodes]) =>
    namespace === ''
      ? nodes.map(nodeLine)
      : [`subgraph ${quoted(`cluster ${namespace}`)} {`, `label=${quoted(namespace)};`, ...nodes.map(nodeLine), '}'],
  );
  const edges = graph.edges.map((edge) => {
    const style = isAside(edge) ? ', style=dashed, color=gray60, fontcolor=gray60, constraint=false' : '';
    return `${quoted(edge.from)} -> ${quoted(edge.to)} [label=${quoted(edge.ports.join(' '))}${style}];`;
  });
  return [
    'digraph platform {',
    'rankdir=LR; ranksep=1.2; nodesep=0.25; bgcolor=white;',
    'graph [fontname="Helvetica", fontsize=13, style="rounded,filled", fillcolor="#f4f6f8", color="#c9d1d9"];',
    'node [fontname="Helvetica", fontsize=11, margin="0.25,0.06", shape=box, style="rounded,filled", fillcolor=white, color="#57606a"];',
    'edge [fontname="Helvetica", fontsize=9, color="#57606a", arrowsize=0.7];',
    ...boxes,
    ...edges,
    '}',
    '',
  ].join('\n');
}
