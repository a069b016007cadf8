import type { z } from 'zod';
import { closest, didYouMean } from '../../lib/schema/closest';
import { ConfigError } from '../../lib/config/parse';
import { problem, unknownProblem, type Problem } from '../../lib/config/problem';
import { host, nodePort, port } from '../../lib/config/primitives';

/** The settings of an original config.conf. */
export interface Settings {
  readonly clusterHost: string;
  readonly storeHost: string;
  readonly storePort: number;
  readonly prefectPort: number;
  readonly mlflowPort: number;
  readonly prometheusPort: number;
  /** Undefined where all its keys are missing: Kafka only serves the drift detector. */
  readonly kafka?: { readonly bootstrapPort: number; readonly brokerPorts: readonly number[] };
}

const kafkaKeys = [
  'KAFKA_SERVICE_PORT',
  'KAFKA_CONTROLLER_PORT_1',
  'KAFKA_CONTROLLER_PORT_2',
  'KAFKA_CONTROLLER_PORT_3',
] as const;

const nodePortKeys = ['PREFECT_API_PORT', 'MLFLOW_PORT', 'PROMETHEUS_PORT', ...kafkaKeys] as const;

type Key = 'CLUSTER_IP' | 'S3_IP' | 'S3_PORT' | (typeof nodePortKeys)[number];

/** Every key and the rule for its value, in the order of the original file. */
const rules: Readonly<Record<Key, z.ZodType<string | number>>> = {
  CLUSTER_IP: host('192.0.2.10'),
  S3_IP: host('192.0.2.20'),
  S3_PORT: port(9000),
  PREFECT_API_PORT: nodePort(30420),
  MLFLOW_PORT: nodePort(30500),
  PROMETHEUS_PORT: nodePort(30090),
  KAFKA_SERVICE_PORT: nodePort(30092),
  KAFKA_CONTROLLER_PORT_1: nodePort(30093),
  KAFKA_CONTROLLER_PORT_2: nodePort(30094),
  KAFKA_CONTROLLER_PORT_3: nodePort(30095),
};

const knownKeys = Object.keys(rules) as Key[];

/** Limit in characters. The original file has 26 lines. */
const longestText = 100_000;

/** A `KEY=value` line and its number. */
interface Entry {
  readonly line: number;
  readonly key: string;
  readonly value: string | number;
}

/** A problem and its line number, or Infinity for a key that is missing. */
interface Fault {
  readonly line: number;
  readonly text: string;
}

/** Parses `KEY=value` lines. Throws a `ConfigError` with every problem, each with its line number. */
export function readSettings(text: string): Settings {
  if (text.length > longestText) {
    throw new ConfigError([`${text.length} characters — must have at most ${longestText} (give a config.conf)`]);
  }
  const faults: Fault[] = [];
  const entries = parseLines(text, faults);
  const values = new Map<Key, Entry>();
  const meant = new Set<Key>();
  for (const entry of entries) {
    const report = ({ shown, rule }: Problem): void => {
      faults.push({ line: entry.line, text: `${entry.key}: ${shown} — ${rule}` });
    };
    const { key, value } = entry;
    if (!isKnown(key)) {
      const near = closest(key, knownKeys);
      near.forEach((one) => meant.add(one));
      const advice = didYouMean(key, knownKeys) || ` (known: ${knownKeys.join(', ')})`;
      report(unknownProblem([key], value, `unknown key${advice}`));
      continue;
    }
    const first = values.get(key);
    if (first !== undefined) {
      report(problem([], value, `line ${first.line} has this key already (remove one of the two)`));
      continue;
    }
    values.set(key, entry);
    const refusal = rules[key].safeParse(value).error?.issues[0]?.message;
    if (refusal === undefined) continue;
    report(
      problem([], value, isPlaceholder(value) ? `is still the placeholder: ${refusal}${orLeaveOut(key)}` : refusal),
    );
  }
  faults.push(...missingKeys(values, meant), ...sharedNodePorts(values));
  if (faults.length > 0) throw new ConfigError(inLineOrder(faults));
  return settingsOf(values);
}

const inLineOrder = (faults: readonly Fault[]): string[] => [
  ...faults
    .filter(({ line }) => line < Infinity)
    .sort((left, right) => left.line - right.line)
    .map(({ line, text }) => `line ${line}: ${text}`),
  ...faults.filter(({ line }) => line === Infinity).map(({ text }) => text),
];

function parseLines(text: string, faults: Fault[]): Entry[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .flatMap((content, index) => {
      const trimmed = content.trim();
      if (trimmed === '' || trimmed.startsWith('#')) return [];
      const [, key, raw = ''] = /^(?:export\s+)?([A-Za-z_]\w*)=(.*)$/.exec(trimmed) ?? [];
      if (key !== undefined) return [{ line: index + 1, key, value: valueOf(raw) }];
      const { shown, rule } = unknownProblem([trimmed], trimmed, 'must be KEY=value, a comment or empty (remove it)');
      faults.push({ line: index + 1, text: `${shown} — ${rule}` });
      return [];
    });
}

/** Parses a value as a shell does: removes quotes, and cuts a comment after a space. */
function valueOf(raw: string): string | number {
  const [, , quoted] = /^(["'])(.*)\1(?:\s+#.*)?$/.exec(raw) ?? [];
  const value = quoted ?? raw.replace(/(^|\s+)#.*$/, '').trim();
  return /^\d{1,15}$/.test(value) ? Number(value) : value;
}

const isKnown = (key: string): key is Key => Object.hasOwn(rules, key);

const isPlaceholder = (value: string | number): boolean =>
  typeof value === 'string' && (/^your_/i.test(value) || /^<.*>$/.test(value));

const orLeaveOut = (key: Key): string =>
  kafkaKeys.some((kafkaKey) => kafkaKey === key) ? ', or remove all four KAFKA_ lines if you detect no drift' : '';

/** Reports missing keys. @param meant correct names of misspelled keys, which are reported already */
function missingKeys(values: ReadonlyMap<Key, Entry>, meant: ReadonlySet<Key>): Fault[] {
  const usesKafka = kafkaKeys.some((key) => values.has(key) || meant.has(key));
  return knownKeys
    .filter(
      (key) => !values.has(key) && !meant.has(key) && (usesKafka || !kafkaKeys.some((kafkaKey) => kafkaKey === key)),
    )
    .map((key) => {
      const rule = rules[key].safeParse(undefined).error?.issues[0]?.message ?? '';
      return { line: Infinity, text: `${key}: missing — ${rule}` };
    });
}

function sharedNodePorts(values: ReadonlyMap<Key, Entry>): Fault[] {
  const taken = new Map<string | number, Entry>();
  return nodePortKeys.flatMap((key) => {
    const entry = values.get(key);
    if (entry === undefined || !rules[key].safeParse(entry.value).success) return [];
    const first = taken.get(entry.value);
    taken.set(entry.value, first ?? entry);
    if (first === undefined) return [];
    const rule = `${first.key} in line ${first.line} is the same node port (choose another one from 30000 to 32767)`;
    return [{ line: entry.line, text: `${key}: ${entry.value} — ${rule}` }];
  });
}

/** Called only after every value has passed its rule. */
function settingsOf(values: ReadonlyMap<Key, Entry>): Settings {
  const text = (key: Key): string => String(values.get(key)?.value);
  const number = (key: Key): number => Number(values.get(key)?.value);
  const [bootstrap, ...brokers] = kafkaKeys;
  return {
    clusterHost: text('CLUSTER_IP'),
    storeHost: text('S3_IP'),
    storePort: number('S3_PORT'),
    prefectPort: number('PREFECT_API_PORT'),
    mlflowPort: number('MLFLOW_PORT'),
    prometheusPort: number('PROMETHEUS_PORT'),
    ...(values.has(bootstrap) ? { kafka: { bootstrapPort: number(bootstrap), brokerPorts: brokers.map(number) } } : {}),
  };
}
