import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { nameOf, type KubernetesObject } from '../kubernetes-object';
import { parseYaml } from './yaml';

// Functions of Helm's templates that give another answer each time: random ones and clocks (Masterminds/sprig v3,
// functions.go), and the keys and values of a map, which come in any order.
const changing = ['rand\\w+', 'gen[A-Z]\\w+', 'uuidv4', 'now', 'ago', 'htpasswd', 'bcrypt', 'encryptAES', 'shuffle'];
const call = new RegExp(String.raw`\{\{[^}]*(?:(?<![.$\w])(?:${changing.join('|')})\b|[({|-]\s*(?:keys|values)\s)`);

/** Whether any template or default value of a chart calls a function that could give another answer the next time. */
export function mayChange(path: string): boolean {
  try {
    return call.test(gunzipSync(readFileSync(path)).toString('latin1'));
  } catch {
    return true; // Not an archive: nobody has looked into it.
  }
}

/**
 * Where a second rendering of a chart with the same values differs from the first, as `Kind/namespace/name: path`;
 * undefined where every document of it is in the first one too. The second may leave documents out.
 */
export function firstDifference(first: string, second: string): string | undefined {
  const known = new Set(documentsOf(first));
  const changed = documentsOf(second).find((document) => !known.has(document));
  if (changed === undefined) return undefined;
  const [object] = parseYaml(changed) as [KubernetesObject];
  const name = nameOf(object);
  const other = (parseYaml(first) as KubernetesObject[]).find((candidate) => nameOf(candidate) === name);
  return other === undefined ? `${name} is only sometimes there` : `${name}: ${differingPath(other, object)}`;
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
