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
  shown: holdsSecret(path, value) ? notShown : showValue(value),
  rule,
});

/** `services.kafka.expose.bootstrapPort: 80 — must be … (write …)`. */
export const formatProblem = ({ path, shown, rule }: Problem): string => `${formatPath(path)}: ${shown} — ${rule}`;

const notShown = '(not shown)';

/** Messages end in logs: what somebody pasted where a password seems to belong must not. */
const secretive = /pass|secret|token|key|credential|auth/i;
/** Known keys that hold the names of Secrets, and so nothing secret. */
const nameHolders = ['tlsSecret', 'pullSecrets', 'secrets'];

function holdsSecret(path: Path, value: unknown): boolean {
  const key = path.filter((part) => typeof part === 'string').at(-1) ?? '';
  return typeof value !== 'boolean' && secretive.test(key) && !nameHolders.includes(key);
}

function showValue(value: unknown): string {
  if (typeof value === 'number' || value === undefined) return String(value);
  const json = JSON.stringify(value, (key, inner: unknown) =>
    secretive.test(key) && typeof inner !== 'object' ? notShown : inner,
  );
  return shorten(json.replace(/\/\/[^/@\s"]*@/g, `//${notShown}@`));
}
