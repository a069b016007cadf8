import { about, counted, type Finding } from './finding';
import type { ClusterFacts } from './facts';
import type { Platform } from './platform';

const { problem, ok } = about('Secrets');

/** Whether every Secret that the user provides exists, with its keys and usable values. */
export function examineSecrets(
  { secrets }: Platform,
  { secretKeys, secretFlaws = new Map<string, Readonly<Record<string, string>>>() }: ClusterFacts,
): Finding[] {
  const seen = secrets.filter(({ namespace, name }) => secretKeys.has(`${namespace}/${name}`));
  if (seen.length === 0) return [];
  const findings = seen.flatMap(({ namespace, name, keys, as }): Finding[] => {
    const place = `${namespace}/${name}`;
    const there = secretKeys.get(place);
    if (there === undefined) {
      const remedy = `make it, with ${keys.join(', ')}, in the namespace ${namespace}; npm run synth says what each Secret holds`;
      return [problem(`${place}, which ${as} asks for, is not there`, remedy)];
    }
    const missing = keys.filter((key) => !there.includes(key));
    const flaws = Object.entries(secretFlaws.get(place) ?? {}).filter(([key]) => keys.includes(key) && !isFile(key));
    return [
      ...(missing.length === 0
        ? []
        : [problem(`${place}, which ${as} asks for, lacks ${missing.join(', ')}`, 'add the missing keys to it')]),
      ...flaws.map(([key, flaw]) =>
        problem(
          `key ${key} of ${place}, which ${as} asks for, ${flaw}`,
          "write the value again without it: printf '%s' instead of echo; --from-literal, or a file without a last line break",
        ),
      ),
    ];
  });
  return findings.length > 0 ? findings : [ok(`${counted(seen.length, 'Secret')} that you make, all there`)];
}

/** Certificates, keys and registry logins are files with several lines. */
const isFile = (key: string): boolean => /^(tls\.crt|tls\.key|ca\.crt|\.dockerconfigjson)$/.test(key);
