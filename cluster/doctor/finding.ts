/**
 * A result of examining a cluster. A `problem` would stop all or part of the platform; the user should know of a
 * `warning`; `unseen` could not be examined.
 */
export type Finding =
  | {
      readonly severity: 'problem' | 'warning';
      /** What it is about, in a word or two. */
      readonly subject: string;
      readonly text: string;
      /** What to do about it. */
      readonly remedy: string;
    }
  | { readonly severity: 'unseen' | 'ok'; readonly subject: string; readonly text: string };

export type Severity = Finding['severity'];

/** Creates findings about one subject. */
export const about = (subject: string) => ({
  problem: (text: string, remedy: string): Finding => ({ severity: 'problem', subject, text, remedy }),
  warning: (text: string, remedy: string): Finding => ({ severity: 'warning', subject, text, remedy }),
  unseen: (text: string): Finding => ({ severity: 'unseen', subject, text }),
  ok: (text: string): Finding => ({ severity: 'ok', subject, text }),
});

/** Highest number of names in a list. */
const most = 4;

/** `a, b and 3 more`. */
export function some(names: readonly string[]): string {
  const shown = names.length > most ? names.slice(0, most - 1) : names;
  return `${shown.join(', ')}${shown.length < names.length ? ` and ${names.length - shown.length} more` : ''}`;
}

/** `1 object`, `2 objects`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Groups items by a key, in the order of each key's first item. */
export function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}
