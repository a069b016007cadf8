import type { OutputIndex } from '../checks/output-index';
import { Flows, isGroup, nameOfEnd, type Flow } from './flows';

/** Somebody who connects, or is connected to. */
export interface GraphNode {
  /** Such as `Deployment/mlops-web/web`, or `anyone`. */
  readonly id: string;
  readonly name: string;
  /** @default outside of the platform's namespaces */
  readonly namespace?: string;
  /** Kind of the object that makes the pods. */
  readonly kind?: string;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** Such as `5432` or `9094/UDP`. */
  readonly ports: readonly string[];
  readonly purposes: readonly string[];
}

/** Who connects to whom in a platform. */
export interface NetworkGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** The graph of an output: from the same connections as its policies. */
export function graphOf(index: OutputIndex): NetworkGraph {
  const flows = new Flows(index);
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, { from: string; to: string; ports: Set<string>; purposes: Set<string> }>();
  for (const connection of index.output.connections) {
    for (const flow of flows.of(connection)) {
      const [from, to] = [flow.from, flow.to].map((end) => nodeOf(index, end));
      if (from === undefined || to === undefined) continue;
      nodes.set(from.id, from).set(to.id, to);
      const key = `${from.id} ${to.id}`;
      const edge = edges.get(key) ?? { from: from.id, to: to.id, ports: new Set(), purposes: new Set() };
      edges.set(key, edge);
      edge.purposes.add(connection.purpose);
      if (flow.port !== undefined) edge.ports.add(`${flow.port}${flow.protocol === 'TCP' ? '' : `/${flow.protocol}`}`);
    }
  }
  const inOrder = <T>(items: Iterable<T>, key: (item: T) => string): T[] =>
    [...items].sort((one, other) => (key(one) < key(other) ? -1 : 1));
  return {
    nodes: inOrder(nodes.values(), ({ id }) => id),
    edges: inOrder(edges.values(), ({ from, to }) => `${from} ${to}`).map(({ ports, purposes, ...ends }) => ({
      ...ends,
      ports: [...ports].sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1)),
      purposes: [...purposes].sort(),
    })),
  };
}

function nodeOf(index: OutputIndex, end: Flow['from'] | Flow['to']): GraphNode {
  const id = nameOfEnd(end);
  if (!isGroup(end)) return { id, name: id === 'internet' ? 'the Internet' : id };
  const { name, namespace, kind } = end;
  return index.owns(namespace) ? { id, name, namespace, kind } : { id, name: `${namespace}: ${name}` };
}
