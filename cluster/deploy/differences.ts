import type { LiveObject } from '../../lib/kubernetes/live-object';

/** Metadata that the API server maintains. */
const bookkeeping = new Set(['managedFields', 'resourceVersion', 'generation', 'creationTimestamp', 'uid', 'selfLink']);

/** Longer values are cut to fit a terminal. */
const longest = 60;

/**
 * The differences between two states of an object, one line per field: `spec.replicas: 1 → 2`. Omits status and the API
 * server's metadata, and masks values of Secrets.
 */
export function differences(before: LiveObject, after: LiveObject): string[] {
  const hidden = after.kind === 'Secret' ? /^(data|stringData|metadata\.annotations)\b/ : undefined;
  const lines: string[] = [];
  const compare = (path: string, a: unknown, b: unknown): void => {
    if (Object.is(a, b)) return;
    const keys = isObject(a) && isObject(b) && Array.isArray(a) === Array.isArray(b);
    if (keys) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
        if (path === '' && key === 'status') continue;
        if (path === 'metadata' && bookkeeping.has(key)) continue;
        compare(Array.isArray(a) ? `${path}[${key}]` : join(path, key), a[key], b[key]);
      }
      return;
    }
    const shown = hidden?.test(path) === true ? 'another value' : `${show(a)} → ${show(b)}`;
    lines.push(`${path}: ${shown}`);
  };
  compare('', before, after);
  return lines;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const join = (path: string, key: string): string => {
  const step = /^[\w-]+$/.test(key) ? key : `"${key}"`;
  return path === '' ? step : `${path}.${step}`;
};

function show(value: unknown): string {
  if (value === undefined) return 'none';
  const text = JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
