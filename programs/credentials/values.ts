import { createHmac, randomInt } from 'node:crypto';
import type { SecretKeyRef, SecretSpec, TokenValue, ValueSpec } from '../../lib/graph/secret-spec';

/** The content of a Secret: bytes by key. */
export type Data = ReadonlyMap<string, Buffer>;

/** `namespace/name`, as people write it. */
export const nameOf = (secret: { readonly namespace: string; readonly name: string }): string =>
  `${secret.namespace}/${secret.name}`;

/** The keys that a value is derived from. */
export function sourcesOf(value: ValueSpec): readonly SecretKeyRef[] {
  if ('copyOf' in value) return [value.copyOf];
  if ('jwt' in value)
    return [...Object.values(value.jwt).filter((claim) => typeof claim === 'object'), value.signedWith];
  return 'template' in value ? Object.values(value.values) : [];
}

/** Splits a template: text at even indexes, and between them `{{`, `}}`, `{name}` or a stray brace. */
export const splitTemplate = (template: string): string[] => template.split(/(\{\{|\}\}|\{\w+\}|[{}])/);

/** The name in a `{name}` part of a template; undefined for other parts. */
export const placeholderOf = (part: string): string | undefined => /^\{(\w+)\}$/.exec(part)?.[1];

/**
 * Values for the missing keys of a Secret. Existing values are kept, so a rerun derives the same values from them.
 * @param read returns the value of a key of another Secret
 */
export function materialize(spec: SecretSpec, existing: Data, read: (source: SecretKeyRef) => Buffer): Data {
  const values = new Map(existing);
  const specs = new Map(Object.entries(spec.keys));
  const valueOf = (key: string): Buffer => {
    const value =
      values.get(key) ?? formerValue(specs.get(key), existing) ?? makeValue(specs.get(key) as ValueSpec, valueAt);
    values.set(key, value);
    return value;
  };
  const valueAt = (source: SecretKeyRef): Buffer =>
    nameOf(source) === nameOf(spec) ? valueOf(source.key) : read(source);
  const missing = [...specs.keys()].filter((key) => !existing.has(key));
  return new Map(missing.map((key) => [key, valueOf(key)]));
}

/** What stands in place of a random value in a Secret that is older than its key. */
function formerValue(value: ValueSpec | undefined, existing: Data): Buffer | undefined {
  const formerly = value !== undefined && 'random' in value ? value.formerly : undefined;
  return formerly !== undefined && existing.has(formerly.beside) ? Buffer.from(formerly.value) : undefined;
}

/** Keys that should be random, and hold the public text of before. */
export const publicKeys = ({ keys }: SecretSpec, held: Data): string[] =>
  Object.entries(keys).flatMap(([key, value]) => {
    const formerly = 'random' in value ? value.formerly : undefined;
    return formerly !== undefined && held.get(key)?.toString() === formerly.value ? [key] : [];
  });

/**
 * Keys whose value differs from what their sources give. Keys with unreachable sources are skipped.
 * @param read returns the value of a key of any Secret, including this one
 */
export function differingKeys(
  spec: SecretSpec,
  existing: Data,
  read: (source: SecretKeyRef) => Buffer | undefined,
): string[] {
  const differs = ([key, value]: [string, ValueSpec]): boolean => {
    const held = existing.get(key);
    if (held === undefined || 'random' in value || sourcesOf(value).some((source) => !read(source))) return false;
    return !makeValue(value, (source) => read(source) as Buffer).equals(held);
  };
  return Object.entries(spec.keys)
    .filter(differs)
    .map(([key]) => key);
}

/**
 * Why a value cannot be part of a URL, a header or a variable, without quoting it; undefined for one that can. Such
 * characters come from editors, `echo` and files, not from people who choose a password.
 */
export function flawOf(value: Buffer): string | undefined {
  const text = value.toString('utf8');
  if (/[\r\n]$/.test(text)) return 'ends with a line break';
  if (/^\s|\s$/.test(text)) return `${/^\s/.test(text) ? 'begins' : 'ends'} with white space`;
  return /\p{Cc}/u.test(text) ? 'holds a control character, such as a line break' : undefined;
}

function makeValue(value: ValueSpec, valueAt: (source: SecretKeyRef) => Buffer): Buffer {
  if ('random' in value) return Buffer.from(randomText(value.random));
  if ('value' in value) return Buffer.from(value.value);
  if ('copyOf' in value) return valueAt(value.copyOf);
  if ('jwt' in value) return Buffer.from(signToken(claimsOf(value, valueAt), valueAt(value.signedWith)));
  const sources = new Map(Object.entries(value.values));
  const parts = splitTemplate(value.template).map((part) => {
    if (part === '{{' || part === '}}') return Buffer.from(part.charAt(0));
    const name = placeholderOf(part);
    if (name === undefined) return Buffer.from(part);
    const bytes = valueAt(sources.get(name) as SecretKeyRef);
    return value.encode === 'none' ? bytes : Buffer.from(percentEncode(bytes));
  });
  return Buffer.concat(parts);
}

const claimsOf = ({ jwt }: TokenValue, valueAt: (source: SecretKeyRef) => Buffer): object =>
  Object.fromEntries(
    Object.entries(jwt).map(([name, claim]) => [name, typeof claim === 'object' ? valueAt(claim).toString() : claim]),
  );

/** The compact form of RFC 7515. The same claims and key give the same token, so that a rerun can compare it. */
function signToken(claims: object, key: Buffer): string {
  const part = (content: object): string => Buffer.from(JSON.stringify(content)).toString('base64url');
  const signed = `${part({ alg: 'HS512', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha512', key).update(signed).digest('base64url')}`;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Uniform letters and digits: randomInt has no modulo bias. */
export const randomText = (length: number): string =>
  Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');

/** Works on bytes, since a value need not be valid text. Stricter than encodeURIComponent, which keeps `!'()*`. */
export const percentEncode = (bytes: Buffer): string =>
  bytes.toString('latin1').replace(/[^A-Za-z0-9\-._~]/g, (byte) => {
    return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
