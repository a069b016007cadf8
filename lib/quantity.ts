const units: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** The number that a Kubernetes quantity stands for: cores for CPU, bytes for memory and disk. NaN for any other text. */
export function amountOf(quantity: string | number): number {
  const [, digits, unit = ''] = /^(\d+\.?\d*)([a-zA-Z]*)$/.exec(String(quantity)) ?? [];
  return Number(digits ?? Number.NaN) * (units[unit] ?? Number.NaN);
}
