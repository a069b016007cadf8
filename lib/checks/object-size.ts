import { isCrd, nameOf, type KubernetesObject } from '../kubernetes/object';
import type { Rule } from './rule';

/** All annotations of an object together: k8s.io/apimachinery, pkg/api/validation/objectmeta.go. */
const annotationLimit = 256 * 1024;

/** All values of a ConfigMap or Secret together: k8s.io/api, core/v1/types.go, MaxSecretSize. */
const dataLimit = 1024 * 1024;

const copy = 'kubectl.kubernetes.io/last-applied-configuration';

/** Every object can be applied by `kubectl apply`, which keeps a copy of it in an annotation. */
export const sizeViolations: Rule = ({ objects }) =>
  objects.flatMap((object) => {
    const text = JSON.stringify(object);
    const problems = [
      ...annotationProblems(object, text),
      ...dataProblems(object, text.length),
      // Text, not a schema: a property called description has an object behind its name.
      ...(isCrd(object) && text.includes('"description":"')
        ? ['has descriptions (drop them: they are most of it)']
        : []),
    ];
    return problems.map((problem) => `${nameOf(object)}: ${problem}`);
  });

function annotationProblems({ metadata }: KubernetesObject, text: string): string[] {
  // A character takes at most six bytes there: kubectl writes <, > and & as \u003c.
  if (text.length * 6 < annotationLimit) return [];
  const escapes = text.match(/[<>&\u2028\u2029]/g)?.length ?? 0;
  const others = Object.entries(metadata.annotations ?? {}).reduce(
    (sum, [key, value]) => sum + size(key) + size(value),
    0,
  );
  const total = size(text) + escapes * 5 + 1 + copy.length + others;
  if (total <= annotationLimit) return [];
  return [
    `takes ${total} bytes, above the ${annotationLimit} that kubectl apply can keep (split it or make it smaller)`,
  ];
}

function dataProblems({ kind, data, binaryData }: KubernetesObject, length: number): string[] {
  if (kind !== 'ConfigMap' || length * 4 < dataLimit) return [];
  const values = Object.values<string>({ ...(data as object), ...(binaryData as object) });
  const total = values.reduce((sum, value) => sum + size(value), 0);
  return total < dataLimit ? [] : [`holds ${total} bytes, above the limit of ${dataLimit} (split it)`];
}

const size = (text: string): number => Buffer.byteLength(text);
