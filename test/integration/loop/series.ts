/** One line of a program's metrics. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Samples in Prometheus' text format. */
export const samplesIn = (text: string): Sample[] =>
  [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(([, name = '', labels = '', value]) => ({
    name,
    labels: Object.fromEntries(
      [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = '', text = '']) => [key, text]),
    ),
    value: Number(value),
  }));

/** Those of a name that have these labels. */
export const select = (
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Sample[] =>
  samples.filter(
    (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );

/** What Prometheus would have after it scraped a target once a minute: as promtool's tests write series. */
export function recorded(
  scrapes: readonly (readonly Sample[])[],
  target: Readonly<Record<string, string>>,
): { series: string; values: string }[] {
  const values = new Map<string, string[]>();
  scrapes.forEach((samples, minute) => {
    for (const { name, labels, value } of samples) {
      const all = Object.entries({ ...labels, ...target }).sort(([a], [b]) => (a < b ? -1 : 1));
      const key = `${name}{${all.map(([label, text]) => `${label}="${text}"`).join(',')}}`;
      const row = values.get(key) ?? [];
      while (row.length < minute) row.push('_');
      values.set(key, [...row, String(value)]);
    }
  });
  return [...values].map(([series, row]) => ({ series, values: row.join(' ') }));
}
