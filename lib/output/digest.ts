import { createHash } from 'node:crypto';

/** Short, and the same for the same content. */
export const digest = (...parts: unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 8);
