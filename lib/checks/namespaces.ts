import { nameOf, type KubernetesObject } from '../kubernetes/object';
import { isNamespaced } from '../schema/kubernetes';
import { groupOf } from '../kubernetes/object';
import type { Rule } from './rule';
import type { OutputIndex } from './output-index';

/** Namespaced objects are in a namespace that exists, and no others are in any. */
export const namespaceViolations: Rule = (index) => {
  const exists = (namespace: string): boolean => index.owns(namespace) || index.isExternal(namespace);
  return [
    ...index.objects.flatMap((object) => {
      const { namespace } = object.metadata;
      if (!livesInNamespace(index, object)) {
        return namespace === undefined ? [] : [`${nameOf(object)}: is cluster-scoped (leave the namespace out)`];
      }
      if (namespace === undefined) return [`${nameOf(object)}: has no namespace (say which)`];
      return exists(namespace) ? [] : [`${nameOf(object)}: ${missing(namespace)}`];
    }),
    ...index.output.secrets
      .filter(({ namespace }) => !exists(namespace))
      .map(({ namespace, name }) => `Secret/${namespace}/${name}: ${missing(namespace)}`),
  ];
};

const missing = (namespace: string): string => `namespace ${namespace} is not made (register it with the platform)`;

/** Custom resources of a foreign API group are taken for namespaced ones: all of those in use are. */
function livesInNamespace(index: OutputIndex, object: KubernetesObject): boolean {
  const crd = index.crds.get(`${groupOf(object)}/${object.kind}`);
  const scope = (crd?.spec as { readonly scope?: string } | undefined)?.scope;
  return isNamespaced(object.apiVersion, object.kind) ?? scope !== 'Cluster';
}
