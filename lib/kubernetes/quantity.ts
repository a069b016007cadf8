/** Suffixes of a quantity (Kubernetes, apimachinery/pkg/api/resource/suffix.go). */
const units: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The number of a Kubernetes quantity: cores for CPU, bytes for memory and disk. NaN for any other text. */
export function amountOf(quantity: string | number): number {
  const match = /^(\d+\.?\d*|\.\d+)(?:([eE][-+]?\d+)|([a-zA-Z]*))$/.exec(String(quantity));
  const [, digits = '', exponent = '', unit = ''] = match ?? [];
  return match !== null && Object.hasOwn(units, unit)
    ? Number(`${digits}${exponent}`) * (units[unit] ?? 1)
    : Number.NaN;
}

/** `0.25`: cores in messages. */
export const formatCores = (cores: number): string => String(Number(cores.toFixed(2)));

/** `1.5 GiB`. */
export const formatBytes = (bytes: number): string => `${Number((bytes / 2 ** 30).toFixed(2))} GiB`;
