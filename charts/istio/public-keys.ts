/** What a public key needs beside its type (RFC 7518, 6.2.1 and 6.3.1; RFC 8037, 2). */
const partsOfKey: Readonly<Record<string, readonly string[]>> = {
  RSA: ['n', 'e'],
  EC: ['crv', 'x', 'y'],
  OKP: ['crv', 'x'],
};

/** A JSON Web Key Set with at least one key, and no private one: `d` is the private part of a key. */
export const isPublicKeySet = (value: string): boolean => {
  try {
    const { keys } = JSON.parse(value) as { keys?: unknown };
    const isPublic = (key: unknown): boolean => {
      if (typeof key !== 'object' || key === null || 'd' in key) return false;
      const parts = partsOfKey[String((key as { kty?: unknown }).kty)];
      return parts?.every((part) => typeof (key as Record<string, unknown>)[part] === 'string') ?? false;
    };
    return Array.isArray(keys) && keys.length > 0 && keys.every(isPublic);
  } catch {
    return false;
  }
};
