import { formatPath, shorten, type Path } from './path';

/** One correction to make in a config. */
export interface Problem {
  readonly path: Path;
  /** The offending value as text. */
  readonly shown: string;
  /** The rule that it breaks, with what to write instead in brackets. */
  readonly rule: string;
}

export const problem = (path: Path, value: unknown, rule: string): Problem => ({
  path,
  shown: isSecretive(path.filter((part) => typeof part === 'string').at(-1)) ? notShown : showValue(value),
  rule,
});

/** A problem with an unknown key. Its value is masked where the name or one above it suggests a secret. */
export const unknownProblem = (path: Path, value: unknown, rule: string): Problem => ({
  path,
  shown: path.some((key) => secretive.test(String(key))) ? notShown : showValue(value),
  rule,
});

/** `services.kafka.expose.bootstrapPort: 80 — must be … (write …)`. */
export const formatProblem = ({ path, shown, rule }: Problem): string => `${formatPath(path)}: ${shown} — ${rule}`;

const notShown = '(not shown)';

/** Messages end up in logs, so values at secret-looking names must not appear in them. */
const secretive = /pass|secret|token|key|credential|auth(?!or)/i;
/** Known keys that hold names of Secrets, which are not secret. */
const nameHolders = ['tlsSecret', 'pullSecrets', 'secrets', 'tokens'];

const isSecretive = (key = ''): boolean => secretive.test(key) && !nameHolders.includes(key);

function showValue(value: unknown): string {
  if (typeof value === 'number' || value === undefined) return String(value);
  const json = JSON.stringify(value, (key, inner: unknown) => {
    const isReference = key === 'secret' && typeof inner === 'object' && !Array.isArray(inner);
    return isSecretive(key) && !isReference ? notShown : inner;
  });
  return shorten(
    json.replace(/(\/\/|")[^/@\s"]*:[^/@\s"]*@/g, `$1${notShown}@`).replace(/\/\/[^/@\s"]*@/g, `//${notShown}@`),
  );
}
