import type { SecretSpec } from '../graph/secret-spec';
import { nameOf, podTemplateOf, type KubernetesObject } from '../kubernetes/object';
import { pathOf, type Text } from '../kubernetes/texts';
import { containersOf } from '../kubernetes/workload';
import type { HarmlessKey } from './declared';
import type { Rule } from './rule';

/** Nothing secret is in the output: no Secret with values, no password, key or token anywhere else. */
export const secretValueViolations: Rule = ({ objects, texts, output }) => [
  ...objects
    .filter(({ kind }) => kind === 'Secret')
    .flatMap((secret) => secretProblems(secret, output.declared.checks.harmlessKeys)),
  ...objects.flatMap((object) => variableProblems(object, output.declared.checks.publicVariables)),
  ...output.secrets.flatMap(publicValueProblems),
  ...texts.flatMap(textProblems),
];

const instead = 'declare a Credential instead';

function secretProblems(secret: KubernetesObject, harmless: readonly HarmlessKey[]): string[] {
  const { data = {}, stringData = {} } = secret as {
    data?: Record<string, string>;
    stringData?: Record<string, string>;
  };
  const values = [
    ...Object.entries(stringData),
    ...Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()] as const),
  ];
  return values.flatMap(([key, value]) => {
    const known = harmless.find((one) => one.key === key);
    if (known === undefined) return [`${nameOf(secret)}: holds a value for ${key} (${instead})`];
    const problem = known.problem(value);
    return problem === undefined ? [] : [`${nameOf(secret)}: ${key} ${problem}`];
  });
}

/**
 * Names of variables, keys and flags whose value nobody may read. An access key is one: stores have let in whoever knew
 * no more than that. `…_FILE`, `…_NAME` and the like only point at one. */
const secretName =
  /(password|passwd|passphrase|token|secret|api[_-]?key|private[_-]?key|access[_-]?key([_-]?id)?|credentials?)$/i;

function variableProblems(object: KubernetesObject, publicVariables: readonly string[]): string[] {
  const template = podTemplateOf(object);
  const containers = template === undefined ? [] : containersOf(template.spec);
  const data = object.kind === 'ConfigMap' ? Object.entries((object.data ?? {}) as Record<string, string>) : [];
  return [
    ...containers.flatMap(({ name, env = [], command = [], args = [] }) => [
      ...env.flatMap((variable) => {
        if (variable.value === undefined || isReference(variable.value)) return [];
        const subject = `${nameOf(object)}: env ${variable.name} of container ${name}`;
        if (secretName.test(variable.name)) return [`${subject} has a literal value (${instead})`];
        if (publicVariables.includes(variable.name) || !looksRandom(variable.value)) return [];
        return [`${subject} looks like a key or token (${instead})`];
      }),
      ...flagsIn([...command, ...args]).map(
        (flag) => `${nameOf(object)}: flag ${flag} of container ${name} has a literal value (${instead})`,
      ),
    ]),
    ...data
      .filter(([key, value]) => secretName.test(key) && !isReference(value))
      .map(([key]) => `${nameOf(object)}: key ${key} has a literal value (${instead})`),
  ];
}

const publicValueProblems = ({ namespace, name, keys }: SecretSpec): string[] =>
  Object.entries(keys)
    .filter(([key, spec]) => 'value' in spec && secretName.test(key) && spec.value !== '')
    .map(([key]) => `Secret/${namespace}/${name}: key ${key} has a literal value (let it be random or a copy)`);

/** Empty, or only put together where it is used. */
const isReference = (value: string): boolean => value === '' || /^[{$%<]/.test(value);

/** Flags with a secret value, as `--flag=value` or `--flag value`. */
function flagsIn(args: readonly string[]): string[] {
  return args.flatMap((argument, index) => {
    const [, flag = '', inline] = /^(--?[\w.-]+)(?:=(.*))?$/s.exec(argument) ?? [];
    const next = args[index + 1] ?? '-';
    const value = inline ?? (next.startsWith('-') ? '' : next);
    return secretName.test(flag) && !isReference(value) ? [flag] : [];
  });
}

function textProblems({ owner, text, place }: Text): string[] {
  const at = (problem: string): string => `${owner}: ${pathOf(place)} ${problem} (${instead})`;
  return [
    ...(text.includes('PRIVATE KEY-----') || encodesKey(text) ? [at('holds a private key')] : []),
    ...(text.includes('://') && hasPassword(text) ? [at('holds a URL with a password')] : []),
  ];
}

/** `-----BEGIN` in base64 begins like this. */
const encodesKey = (text: string): boolean =>
  text.startsWith('LS0tLS1CRUdJTi') && Buffer.from(text, 'base64').includes('PRIVATE KEY-----');

function hasPassword(text: string): boolean {
  for (const [, password = ''] of text.matchAll(/[a-z][a-z0-9+.-]*:\/\/[^\s/:@"']*:([^\s/@"']+)@/gi)) {
    if (!isReference(password)) return true;
  }
  return false;
}

/** One word of mixed characters that carries as much as random text of that length does, and a name does not. */
function looksRandom(value: string): boolean {
  if (value.length < 20 || !/^[A-Za-z0-9+/_=-]+$/.test(value)) return false;
  if (!/[a-z]/.test(value) || !/[A-Z]/.test(value) || !/\d/.test(value)) return false;
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  const bits = [...counts.values()].reduce((sum, n) => sum - (n / value.length) * Math.log2(n / value.length), 0);
  return bits > 3.5;
}
