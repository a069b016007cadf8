import { formatPath, shorten, type Path } from './path';

/** One thing to mend in a config. */
export interface Problem {
  readonly path: Path;
  /** The offending value as text. */
  readonly shown: string;
  /** The rule that it breaks, and in brackets what to write instead. */
  readonly rule: string;
}

export const problem = (path: Path, value: unknown, rule: string): Problem => ({
  path,
  shown: isSecretive(path.filter((part) => typeof part === 'string').at(-1)) ? notShown : showValue(value),
  rule,
});

/** The same for a key that is not known: what is at or below a telling name could be anything. */
export const unknownProblem = (path: Path, value: unknown, rule: string): Problem => ({
  path,
  shown: path.some((key) => secretive.test(String(key))) ? notShown : showValue(value),
  rule,
});

/** `services.kafka.expose.bootstrapPort: 80 — must be … (write …)`. */
export const formatProblem = ({ path, shown, rule }: Problem): string => `${formatPath(path)}: ${shown} — ${rule}`;

const notShown = '(not shown)';

/** Messages end in logs: what somebody pasted where a password seems to belong must not. */
const secretive = /pass|secret|token|key|credential|auth(?!or)/i;
/** Known keys that hold the names of Secrets, and so nothing secret. */
const nameHolders = ['tlsSecret', 'pullSecrets', 'secrets'];

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
