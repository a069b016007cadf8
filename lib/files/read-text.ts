import { readFileSync } from 'node:fs';

/**
 * A text as it was committed, whatever a checkout has made of it: with the line ends of Unix, and without the mark of
 * UTF-8 at its start. Bytes that are no text, which a zero tells, stay as they are.
 */
export function asCommitted(content: Buffer): Buffer {
  if (content.includes(0)) return content;
  const text = content.toString('latin1');
  const committed = text.replace(/^\u00ef\u00bb\u00bf/, '').replaceAll('\r\n', '\n');
  return committed.length === text.length ? content : Buffer.from(committed, 'latin1');
}

/** Text of a file of this repository that becomes part of the output. */
export const readText = (path: string): string => asCommitted(readFileSync(path)).toString('utf8');
