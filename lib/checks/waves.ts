import { Endpoint } from '../graph/endpoint';
import { nameOf, type KubernetesObject } from '../kubernetes/object';
import { clusterAddress } from './cluster-addresses';
import { findWorkload } from './connections';
import { groupOf } from '../kubernetes/object';
import type { Rule } from './rule';
import type { OutputIndex } from './output-index';

/** Whatever an object needs is in its own file or in an earlier wave: files are applied in the order of their waves. */
export const waveViolations: Rule = (index) => [
  ...index.objects.flatMap((object) => [
    ...after(index, object, index.find('Namespace', undefined, object.metadata.namespace ?? ''), 'its namespace'),
    ...after(index, object, index.crds.get(`${groupOf(object)}/${object.kind}`), 'its definition'),
  ]),
  ...index.references.flatMap(({ from, kind, namespace, name, as }) =>
    after(index, from, index.find(kind, namespace, name), as),
  ),
  ...index.output.connections.flatMap(({ from, to, purpose, later = false }) => {
    const address = to instanceof Endpoint ? clusterAddress(to.host) : undefined;
    const consumer = findWorkload(index, from);
    if (later || address === undefined || consumer === undefined) return [];
    return after(index, consumer, index.find('Service', address.namespace, address.service), purpose);
  }),
];

function after(
  index: OutputIndex,
  object: KubernetesObject,
  needed: KubernetesObject | undefined,
  why: string,
): string[] {
  if (needed === undefined) return [];
  const own = index.placeOf(object);
  const other = index.placeOf(needed);
  if (own.file === other.file || other.wave < own.wave) return [];
  return [
    `${nameOf(object)}: is in wave ${own.wave}, but needs ${nameOf(needed)} (${why}) of wave ${other.wave} (give its file a later wave)`,
  ];
}
