export type Labels = Readonly<Record<string, string>>;

/** Something that has labels and lives in a namespace. */
export interface Selectable {
  readonly namespace: string;
  readonly labels: Labels;
}

/** As Kubernetes spells it, wherever it selects by labels. */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** Whether a selector takes these labels. An empty selector takes all. */
export function matches(labels: Labels, { matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return value === undefined || !values.includes(value);
        case 'Exists':
          return value !== undefined;
        default:
          return value === undefined;
      }
    })
  );
}

/** A selector as it reads in a message. */
export function describeSelector({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values }) =>
      [key, operator, values?.join('|')].filter(Boolean).join(' '),
    ),
  ].join(',');
}

/** Finds by labels without looking at everything: by the rarest of the labels asked for. */
export class LabelIndex<T extends Selectable> {
  private readonly byNamespace = new Map<string, T[]>();
  private readonly byLabel = new Map<string, T[]>();

  constructor(readonly items: readonly T[]) {
    for (const item of items) {
      append(this.byNamespace, item.namespace, item);
      for (const [key, value] of Object.entries(item.labels)) {
        append(this.byLabel, `/${key}=${value}`, item);
        append(this.byLabel, `${item.namespace}/${key}=${value}`, item);
      }
    }
  }

  /** What a selector takes, from one namespace or, without one, from all. */
  select(selector: LabelSelector, namespace?: string): readonly T[] {
    let candidates = namespace === undefined ? this.items : (this.byNamespace.get(namespace) ?? []);
    for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
      const fewer = this.byLabel.get(`${namespace ?? ''}/${key}=${value}`) ?? [];
      if (fewer.length < candidates.length) candidates = fewer;
    }
    return candidates.filter((item) => matches(item.labels, selector));
  }
}

/** Adds to the list under a key. */
export function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
