/** Location of a value in a config: `['models', 0, 'name']`. */
export type Path = readonly (string | number)[];

/** A path in the user's notation: `models[0].name`, `gatewaySelector["example.org/gateway"]`. The root is `config`. */
export function formatPath(path: Path): string {
  const text = path.map((key) => {
    if (typeof key === 'number') return `[${key}]`;
    return /^[A-Za-z_$][\w$]*$/.test(key) && key.length <= 60 ? `.${key}` : `[${JSON.stringify(shorten(key))}]`;
  });
  return path.length === 0 ? 'config' : text.join('').replace(/^\./, '');
}

/** The value at a path; undefined where there is none. Ignores inherited properties. */
export function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => (hasKey(value, key) ? value[key] : undefined), input);
}

/** Whether the user wrote a value at a path. */
export const isWritten = (input: unknown, path: Path): boolean =>
  path.length === 0 || hasKey(valueAt(input, path.slice(0, -1)), path.at(-1) ?? '');

/** A set of subtrees of a config. */
export class Parts {
  private readonly keys: ReadonlySet<string>;

  constructor(paths: readonly Path[]) {
    this.keys = new Set(paths.map((path) => JSON.stringify(path)));
  }

  /** Whether a path is one of them, or inside one. */
  hold(path: Path): boolean {
    return (
      this.keys.size > 0 &&
      [...path.keys(), path.length].some((end) => this.keys.has(JSON.stringify(path.slice(0, end))))
    );
  }
}

export function hasKey(value: unknown, key: string | number): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key);
}

export const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text);
