export interface SecretObject {
  apiVersion: 'v1';
  kind: 'Secret';
  metadata: {
    namespace: string;
    name: string;
    uid?: string;
    resourceVersion?: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  type?: string;
  data?: Record<string, string> | null;
  immutable?: boolean;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export function status(code: number, reason: string, message: string, causes?: readonly object[]): Reply {
  const details = { kind: 'secrets', ...(causes && { causes }) };
  const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, details, code };
  return { status: code, body };
}

/** Why the API server refuses to store a Secret; undefined when it does not. */
export function secretProblem({ data, metadata: { name } }: SecretObject): Reply | undefined {
  const entries = Object.entries(data ?? {});
  // Go's decoder of []byte takes padded standard base64 only.
  const broken = entries.find(([, value]) => Buffer.from(value, 'base64').toString('base64') !== value);
  if (broken) return status(400, 'BadRequest', `illegal base64 data: ${broken[1]}`);
  const [badKey] = entries.find(([key]) => !/^(?!\.\.|\.$)[-._a-zA-Z0-9]{1,253}$/.test(key)) ?? [];
  if (badKey !== undefined) return status(422, 'Invalid', `data[${badKey}] is invalid`, [{ field: `data[${badKey}]` }]);
  const bytes = entries.reduce((sum, [, value]) => sum + Buffer.byteLength(value, 'base64'), 0);
  if (bytes > 1024 * 1024) return status(422, 'Invalid', `secrets "${name}": data too long`, [{ field: 'data' }]);
  return undefined;
}

type Json = Record<string, unknown>;

/** Undefined for a content type that is not taken here. */
export function applyPatch(object: SecretObject, contentType: string, patch: unknown): SecretObject | undefined {
  // No map of a Secret has a merge strategy of its own, so both are the same.
  const taken = ['application/merge-patch+json', 'application/strategic-merge-patch+json'].includes(contentType);
  return taken ? (merge(object as unknown as Json, patch as Json) as unknown as SecretObject) : undefined;
}

/** RFC 7396. */
function merge(target: Json, patch: Json): Json {
  const result = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(result, key);
    else if (typeof value === 'object' && !Array.isArray(value))
      result[key] = merge((result[key] ?? {}) as Json, value as Json);
    else result[key] = value;
  }
  return result;
}
