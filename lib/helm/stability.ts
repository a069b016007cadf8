import { nameOf, type KubernetesObject } from '../kubernetes/object';
import { parseYaml } from '../kubernetes/yaml';

/**
 * The first difference between two renderings of a chart with the same values, as `Kind/namespace/name: path`;
 * undefined where they have the same documents, in any order.
 */
export function firstDifference(first: string, second: string): string | undefined {
  const [before, after] = [documentsOf(first), documentsOf(second)];
  const changed = lacking(before, after) ?? lacking(after, before);
  if (changed === undefined) return undefined;
  const [object] = parseYaml(changed) as [KubernetesObject];
  const name = nameOf(object);
  const [one, other] = [first, second].map((text) =>
    (parseYaml(text) as KubernetesObject[]).find((candidate) => nameOf(candidate) === name),
  );
  return one === undefined || other === undefined
    ? `${name} is only sometimes there`
    : `${name}: ${differingPath(one, other)}`;
}

/** The first document of one rendering that the other lacks. */
function lacking(documents: readonly string[], others: readonly string[]): string | undefined {
  const known = new Set(others);
  return documents.find((document) => !known.has(document));
}

const documentsOf = (text: string): string[] => text.split(/^---$/m).filter((document) => document.trim() !== '');

function differingPath(a: unknown, b: unknown): string {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return '';
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const key = [...new Set([...Object.keys(left), ...Object.keys(right)])].find(
    (name) => JSON.stringify(left[name]) !== JSON.stringify(right[name]),
  );
  if (key === undefined) return '';
  const rest = differingPath(left[key], right[key]);
  return rest === '' ? key : `${key}.${rest}`;
}
