import { colors as pc } from './colors';
import type { Demand, Demands } from '../lib/output/demand';
import { formatBytes, formatCores } from '../lib/kubernetes/quantity';
import type { OutputFile } from '../lib/output/collect';
import type { PortForward, PublicAddressProps } from '../lib/graph/exposure';
import type { PlatformConfig } from '../charts/config';
import { storedValues } from '../charts/credentials/external-secrets';
import type { SecretKeyRef, SecretSpec, ValueSpec } from '../lib/graph/secret-spec';

/** The result of a synthesis, for people and programs. */
export interface Report {
  readonly out: string;
  readonly changed: boolean;
  readonly files: readonly {
    readonly name: string;
    readonly bytes: number;
    readonly objects: Readonly<Record<string, number>>;
  }[];
  readonly demands: Demands;
  /** Addresses for browsers and clients outside the cluster. */
  readonly addresses: readonly PublicAddressProps[];
  /** Ways to the services that have none. */
  readonly portForwards: readonly PortForward[];
  /** Secrets that the user has to create, or to put into the store; empty where the credentials Job makes them. */
  readonly expectedSecrets: readonly {
    readonly namespace: string;
    readonly name: string;
    /** Key → description of its value. */
    readonly keys: Readonly<Record<string, string>>;
  }[];
}

export function describeFiles(files: readonly OutputFile[], contents: ReadonlyMap<string, string>): Report['files'] {
  return files.map(({ name, objects }) => {
    const kinds: Record<string, number> = {};
    for (const { kind } of objects) kinds[kind] = (kinds[kind] ?? 0) + 1;
    return { name, bytes: Buffer.byteLength(contents.get(name) ?? ''), objects: kinds };
  });
}

/** What the user has to provide, from where the config says. */
export function expectedOf(
  { secrets: from }: Pick<PlatformConfig, 'secrets'>,
  secrets: readonly SecretSpec[],
): Report['expectedSecrets'] {
  if (from.mode === 'generated') return [];
  if (from.mode === 'existing') return expectedSecrets(secrets);
  const { prefix = '' } = from;
  return expectedSecrets(storedValues(secrets)).map((one) => ({ ...one, namespace: prefix + one.namespace }));
}

export const expectedSecrets = (secrets: readonly SecretSpec[]): Report['expectedSecrets'] =>
  secrets.map(({ namespace, name, keys }) => ({
    namespace,
    name,
    keys: Object.fromEntries(
      Object.entries(keys)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => [key, describeValue(value)]),
    ),
  }));

function describeValue(value: ValueSpec): string {
  const place = ({ namespace, name, key }: SecretKeyRef): string => `${key} of ${namespace}/${name}`;
  if ('random' in value) return `your choice, ${value.random} characters`;
  if ('value' in value) return value.value;
  if ('copyOf' in value) return `the same as ${place(value.copyOf)}`;
  if ('jwt' in value) {
    const claims = Object.entries(value.jwt).map(([name, claim]) => [
      name,
      typeof claim === 'object' ? `{${place(claim)}}` : claim,
    ]);
    const text = JSON.stringify(Object.fromEntries(claims));
    return `a JSON Web Token with the claims ${text}, signed by HS512 with ${place(value.signedWith)}`;
  }
  const parts = Object.entries(value.values).map(([name, source]) => `{${name}} is ${place(source)}`);
  return `${value.template}, where ${parts.join(' and ')}${value.encode === 'none' ? '' : ', percent-encoded'}`;
}

/** The summary at the end, for a terminal. */
export function formatReport(report: Report): string {
  const { files, demands, out } = report;
  const width = Math.max(...files.map(({ name }) => name.length));
  const rows = files.map(({ name, bytes, objects }) => {
    const kinds = Object.entries(objects).map(([kind, count]) => (count === 1 ? kind : `${count} ${kind}`));
    return `  ${name.padEnd(width)}  ${kilobytes(bytes).padStart(7)}  ${pc.dim(wrap(kinds, width + 13))}`;
  });
  const objects = files.flatMap((file) => Object.values(file.objects)).reduce((a, b) => a + b, 0);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return [
    ...rows,
    pc.bold(`  ${'total'.padEnd(width)}  ${kilobytes(bytes).padStart(7)}  ${objects} objects in ${files.length} files`),
    '',
    `  Asks for ${formatDemand(demands.total)}.`,
    ...(demands.perNode.cpu > 0 ? [pc.dim(`  And on every node ${formatDemand(demands.perNode)}.`)] : []),
    ...formatWays(report),
    ...formatExpected(report.expectedSecrets),
    '',
    `  Next: ${pc.bold(`npm run deploy${out === 'dist' ? '' : ` -- --out ${out}`}`)}, or ${pc.bold(`kubectl apply -f ${out}`)}`,
    pc.dim(
      '  With kubectl twice on an empty cluster: the first run makes the kinds that objects of the second are of.',
    ),
  ].join('\n');
}

function formatWays({ addresses, portForwards }: Report): string[] {
  const width = Math.max(0, ...[...addresses, ...portForwards].map(({ service }) => service.length));
  const lines = [
    ...addresses.map(({ service, url }) => `  ${service.padEnd(width)}  ${pc.cyan(url)}`),
    ...portForwards.map(({ service, command }) => `  ${service.padEnd(width)}  ${pc.dim(command)}`),
  ];
  return lines.length === 0 ? [] : ['', ...lines];
}

/** Names what anyone may use who reaches its address; empty where nothing is. */
export function formatOpen(addresses: Report['addresses']): string[] {
  const open = new Set(addresses.filter(({ withoutLogin }) => withoutLogin).map(({ service }) => service));
  if (open.size === 0) return [];
  const names = [...open].join(', ');
  return [`Open without a login: ${names}. Whoever reaches the address can read and change all that it has.`];
}

/** The Secrets that the user has to create, as lines; empty where a Job creates them. */
export function formatExpected(secrets: Report['expectedSecrets']): string[] {
  if (secrets.length === 0) return [];
  const lines = secrets.flatMap(({ namespace, name, keys }) => [
    `  ${namespace}/${name}`,
    ...Object.entries(keys).map(([key, rule]) => `    ${key}  ${pc.dim(rule)}`),
  ]);
  return ['', pc.bold('  Secrets that you provide:'), ...lines];
}

export const formatDemand = ({ cpu, cpuLimit, memory, memoryLimit, disk }: Demand): string =>
  [
    `${formatCores(cpu)} CPU (at most ${formatCores(cpuLimit)})`,
    `${formatBytes(memory)} of memory (at most ${formatBytes(memoryLimit)})`,
    ...(disk > 0 ? [`${formatBytes(disk)} of disk`] : []),
  ].join(', ');

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;

function wrap(words: readonly string[], indent: number): string {
  const columns = Math.max(40, (process.stdout.columns || 120) - indent);
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 2 <= columns) lines[lines.length - 1] = `${last}, ${word}`;
    else lines.push(word);
  }
  return lines.join(`,\n${' '.repeat(indent)}`);
}
