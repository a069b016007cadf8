import { nameOf } from '../kubernetes-object';
import { objectsOf, type Rule } from './output';

/** No two objects are the same one to the API server. */
export const identityViolations: Rule = (output) => {
  const seen = new Set<string>();
  return objectsOf(output).flatMap((object) => {
    const identity = `${object.apiVersion.split('/').slice(0, -1).join('/')}/${nameOf(object)}`;
    const duplicate = seen.has(identity);
    seen.add(identity);
    return duplicate ? [`${nameOf(object)}: is there twice`] : [];
  });
};
