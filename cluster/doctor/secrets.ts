import { about, counted, type Finding } from './finding';
import type { ClusterFacts } from './facts';
import type { Platform } from './platform';

const { problem, ok } = about('Secrets');

/** Whether every Secret that somebody else makes is there, with its keys. */
export function examineSecrets({ secrets }: Platform, { secretKeys }: ClusterFacts): Finding[] {
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
    if (missing.length === 0) return [];
    return [problem(`${place}, which ${as} asks for, lacks ${missing.join(', ')}`, 'add the missing keys to it')];
  });
  return findings.length > 0 ? findings : [ok(`${counted(seen.length, 'Secret')} that you make, all there`)];
}
