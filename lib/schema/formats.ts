import { isIP, isIPv4, isIPv6 } from 'node:net';

interface Format {
  readonly accepts: (value: unknown) => boolean;
  /** The expected value, for `… is not <description>`. */
  readonly description: string;
}

// A signed number and a suffix: binary, decimal or an exponent (k8s.io/apimachinery, pkg/api/resource/quantity.go).
const quantity = /^[+-]?(\d+\.?\d*|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/**
 * The formats that are checked. The API server also checks others (`uri`, `hostname`, `email` …,
 * k8s.io/apiextensions-apiserver pkg/apiserver/validation/formats.go), each with the leniency of a Go parser; they pass
 * here. So does any unknown format, which the API server ignores too.
 */
export const formats: Readonly<Record<string, Format>> = {
  byte: text('base64', (value) => /^[A-Za-z0-9+/]*={0,2}$/.test(value) && value.length % 4 === 0),
  cidr: text('a CIDR block such as 10.0.0.0/8', isCidr),
  date: text(
    'a date such as 2006-01-02',
    (value) => /^\d{4}-\d\d-\d\d$/.test(value) && isInstant(`${value}T00:00:00Z`),
  ),
  'date-time': text(
    'an RFC 3339 time such as 2006-01-02T15:04:05Z',
    (value) => rfc3339.test(value) && isInstant(value),
  ),
  int32: whole('a 32-bit integer', 2 ** 31),
  int64: whole('a 64-bit integer', 2 ** 63),
  ipv4: text('an IPv4 address', isIPv4),
  ipv6: text('an IPv6 address', isIPv6),
  // A number is parsed in its string form.
  quantity: {
    description: 'a quantity such as 500m, 2 or 1Gi',
    accepts: (value) => typeof value === 'number' || (typeof value === 'string' && quantity.test(value)),
  },
  uuid: text('a UUID', (value) => uuid.test(value)),
};

function text(description: string, accepts: (value: string) => boolean): Format {
  return { description, accepts: (value) => typeof value !== 'string' || accepts(value) };
}

function whole(description: string, limit: number): Format {
  return { description, accepts: (value) => typeof value !== 'number' || (value >= -limit && value < limit) };
}

function isInstant(value: string): boolean {
  return !Number.isNaN(Date.parse(value));
}

function isCidr(value: string): boolean {
  const [, address = '', prefix] = /^(.+)\/(\d{1,3})$/.exec(value) ?? [];
  const bits = { 4: 32, 6: 128 }[isIP(address)];
  return bits !== undefined && Number(prefix) <= bits;
}
