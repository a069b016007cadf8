import { isIP, isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import { newestKubernetes } from '../helm/binary';
import { noVariable, unseen } from './characters';

// Each primitive rejects a value with one sentence: the rule, and what to write instead. Its examples appear in that
// sentence, and replace an invalid value while the rest of the config is checked.

type Test = RegExp | ((text: string) => boolean);

/**
 * A string that passes a test.
 *
 * @param rule what it must be, as in `must be <rule> (write e.g. …)`
 * @param examples valid values, which the message suggests
 */
export function text(rule: string, test: Test, ...examples: readonly [string, ...string[]]) {
  const written = examples.map((example) => JSON.stringify(example)).join(' or ');
  const error = `must be ${rule} (write e.g. ${written})`;
  const passes = test instanceof RegExp ? (value: string) => test.test(value) : test;
  return z.string({ error }).refine(passes, { error }).meta({ examples });
}

/** A whole number between two bounds. @param rule as in `must be <rule> from <least> to <most>` */
export function wholeNumber(rule: string, least: number, most: number, example: number) {
  const error = `must be ${rule} from ${least} to ${most} (write e.g. ${example})`;
  const passes = (value: number): boolean => Number.isInteger(value) && value >= least && value <= most;
  return z
    .number({ error })
    .refine(passes, { error })
    .meta({ examples: [example] });
}

function amount(rule: string, most: number, example: number) {
  const error = `must be ${rule} from 0.001 to ${most} (write e.g. ${example})`;
  const passes = (value: number): boolean => value >= 0.001 && value <= most;
  return z
    .number({ error })
    .refine(passes, { error })
    .meta({ examples: [example] });
}

/** A list with at least one entry. */
export const listOf = <Item extends z.ZodType>(item: Item, what: string, ...example: readonly string[]) => {
  const error = `must be a list with at least one ${what} (write e.g. ${JSON.stringify(example)})`;
  return z
    .array(item, { error })
    .refine((items) => items.length > 0, { error })
    .meta({ examples: [example] });
};

// RFC 1123 labels, as in names of Services and Namespaces; a Service's name must start with a letter.
const labelPattern = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

/** A DNS label that becomes part of longer names, and so may need to be shorter than 63 characters. */
export const shortLabel = (
  most: number,
  example: string,
  isAllowed: (name: string) => boolean = () => true,
  but = '',
) =>
  text(
    `a DNS label: lower-case letters, digits and hyphens, starting with a letter, at most ${most} characters${but}`,
    (name) => name.length <= most && labelPattern.test(name) && isAllowed(name),
    example,
  );

export const dnsLabel = (example: string) => shortLabel(63, example);

export const isDnsName = (name: string): boolean =>
  name.length <= 253 && /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/.test(name);

export const dnsName = (example: string) =>
  text('a DNS name in lower case, at most 253 characters', isDnsName, example);

/** Host names do not end in a number: browsers read those as IPv4 addresses. */
function isHost(name: string): boolean {
  if (isIP(name) > 0) return isIPv4(name) || (isIPv6(name) && !name.includes('%'));
  return isDnsName(name.toLowerCase()) && !/(^|\.)\d+$/.test(name);
}

export const host = (example: string) => text('a host name or an IP address, without port or scheme', isHost, example);

// Pods resolve a name without a dot as a Service of their own namespace, so it means something else in each.
const isFull = (name: string): boolean => /.\../.test(name) || isIPv6(name.replace(/^\[(.*)\]$/, '$1'));
const full = 'a fully qualified name or an IP address';

/** A host that pods of several namespaces connect to. */
export const podHost = (example: string) =>
  text(`${full}, without port or scheme`, (name) => isHost(name) && isFull(name), example);

/** The full name or IPv4 address of a host that pods connect to, and its port. */
export const podHostAndPort = (example: string) =>
  text(
    `host:port, with ${full}, and a port from 1 to 65535`,
    (value) => {
      const [, name = '', port = ''] = /^([^:]*):(\d{1,5})$/.exec(value) ?? [];
      return isHost(name) && isFull(name) && Number(port) >= 1 && Number(port) <= 65535;
    },
    example,
  );

/** A host as in the header `Host` of a request: with the port, unless it is the scheme's own. */
export const hostHeader = (example: string) =>
  text(
    'a host name or an IP address, in lower case, with a port where clients name one',
    (value) => {
      const [, name = '', port = '80'] = /^(\[[^\]]*\]|[^:]*)(?::([1-9]\d{0,4}))?$/.exec(value) ?? [];
      const bare = name.replace(/^\[(.*)\]$/, '$1');
      return (
        value === value.toLowerCase() && isHost(bare) && isIPv6(bare) === name.startsWith('[') && Number(port) <= 65535
      );
    },
    example,
  );

const httpUrlPattern = new RegExp(
  String.raw`^${noVariable}https?:\/\/[^\s${unseen}/?#@\\]+(\/[^\s${unseen}?#\\]*)?$`,
  'u',
);

const isHttpUrl = (value: string): boolean =>
  httpUrlPattern.test(value) && URL.canParse(value) && new URL(value).port !== '0';

export const httpUrl = (example: string) => text('an http or https URL without user or query', isHttpUrl, example);

/** A URL that pods connect to. */
export const podUrl = (example: string) =>
  text(
    `an http or https URL with ${full}, without user or query`,
    (value) => isHttpUrl(value) && isFull(new URL(value).hostname),
    example,
  );

export const port = (example: number) => wholeNumber('a port', 1, 65535, example);

/** Kubernetes' default range. The API server's --service-node-port-range can widen it, which no manifest shows. */
export const nodePort = (example: number) => wholeNumber('a node port', 30000, 32767, example);

export const count = (example: number, most = 1000) => wholeNumber('a whole number', 1, most, example);
export const percent = (rule: string, most: number, example: number) => wholeNumber(rule, 1, most, example);
export const ratio = (example: number) => amount('a share', 1, example);
export const seconds = (example: number, most: number) => amount('a number of seconds', most, example);

export const cpu = text(
  'a Kubernetes quantity of CPU above zero',
  /^(?!0+(\.0+)?m?$)(\d{1,5}(\.\d{1,3})?|\d{1,8}m)$/,
  '500m',
  '2',
);
export const memory = text(
  'a Kubernetes quantity of memory above zero',
  /^(?!0+[A-Za-z])\d{1,9}(Ki|Mi|Gi|Ti|k|M|G|T)$/,
  '512Mi',
  '4Gi',
);
export const disk = text('a Kubernetes quantity of disk above zero', /^(?!0+[A-Z])\d{1,7}(Mi|Gi|Ti|M|G|T)$/, '8Gi');

export const oldestKubernetes = '1.32';
const minor = (version: string): number => Number(version.split('.')[1]);

export const kubernetesVersion = text(
  `a Kubernetes minor version from ${oldestKubernetes} to ${newestKubernetes}`,
  (version) =>
    /^1\.\d{2}$/.test(version) &&
    minor(version) >= minor(oldestKubernetes) &&
    minor(version) <= minor(newestKubernetes),
  oldestKubernetes,
);

export const absolutePath = (example: string) =>
  text(
    'an absolute path without spaces, ".." and "$("',
    new RegExp(String.raw`^${noVariable}(?!.*\/\.\.(\/|$))\/[^\s${unseen}]*$`, 'u'),
    example,
  );

/** A path below a folder or the root of a store. */
export const relativePath = (rule: string, example: string) =>
  text(
    `${rule}, relative and without ".."`,
    new RegExp(`^(?![/\\\\])(?!(?:.*[/\\\\])?\\.\\.(?:[/\\\\]|$))[^${unseen}]+$`, 'u'),
    example,
  );

export const duration = (example: string) => text('a duration in h, d, w or y', /^[1-9]\d{0,5}(h|d|w|y)$/, example);
/** Text in one line. */
export const someText = (rule: string, example: string) => text(rule, new RegExp(`^[^${unseen}]+$`, 'u'), example);

/** The name of an alert of Prometheus. */
export const alertName = (example: string) =>
  text('the name of an alert: letters and digits', /^[A-Za-z]\w*$/, example);

export const secretKey = (example: string) =>
  text('a key of a Secret: letters, digits, "-", "_" and "."', /^[-._a-zA-Z0-9]{1,253}$/, example);
