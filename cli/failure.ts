/**
 * The message of a failure that a command has no words of its own for. A wrong option comes with the usage, a bug with
 * its stack trace, and everything else as it is.
 */
export function failureMessage(error: Error & { code?: unknown }, usage: string): string {
  if (String(error.code).startsWith('ERR_PARSE_ARGS')) return `${error.message}\n\n${usage}`;
  if (error instanceof TypeError || error instanceof ReferenceError) return error.stack ?? error.message;
  return error.message;
}
