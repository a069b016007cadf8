import { nameOf } from '../kubernetes/object';
import type { Rule } from './rule';

/** No two objects are the same one to the API server, and no two credentials are the same Secret. */
export const identityViolations: Rule = ({ objects, output }) => {
  const seen = new Set<string>();
  const repeated = (identity: string): boolean => seen.size === seen.add(identity).size;
  return [
    ...objects
      .filter((object) => repeated(`${object.apiVersion.split('/').slice(0, -1).join('/')}/${nameOf(object)}`))
      .map((object) => `${nameOf(object)}: is there twice (the later one would replace the earlier one)`),
    ...output.secrets
      .filter(({ namespace, name }) => repeated(`credential/${namespace}/${name}`))
      .map(({ namespace, name }) => `Secret/${namespace}/${name}: two credentials make it (rename one of them)`),
  ];
};
