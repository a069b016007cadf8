import { isCrd, nameOf, groupOf } from '../kubernetes/object';
import { customSchemas } from '../schema/custom';
import { builtInSchema } from '../schema/kubernetes';
import { validate } from '../schema/validate';
import { objectsOf, type Output } from './output';

/** Every object is valid against its schema, with no field that the schema does not know. */
export function schemaViolations(output: Output): string[] {
  const objects = objectsOf(output);
  const custom = new Map(objects.filter(isCrd).flatMap((crd) => [...customSchemas(crd)]));
  return objects.flatMap((object) => {
    const { apiVersion, kind } = object;
    const schema = custom.get(`${apiVersion}/${kind}`) ?? builtInSchema(apiVersion, kind);
    if (schema !== undefined) return validate(object, schema).map((problem) => `${nameOf(object)}: ${problem}`);
    // Their schemas are in the cluster: whoever installed them validates.
    if (output.external.apiGroups.has(groupOf(object))) return [];
    return [`${nameOf(object)}: nothing defines ${apiVersion} ${kind} (add its CustomResourceDefinition)`];
  });
}
