import { nameOf, type KubernetesObject } from '../kubernetes/object';
import { anyObject } from '../kubernetes/shaped';
import { builtInSchema } from '../schema/kubernetes';
import { validate } from '../schema/validate';

/**
 * Throws where a chart of others gives objects that the code which completes them could not read. Ours are checked with
 * the output, and so are custom resources.
 */
export function refuseInvalid(objects: readonly KubernetesObject[]): void {
  const problems = objects.flatMap((object) => {
    const schema = builtInSchema(object.apiVersion, object.kind) ?? anyObject();
    return validate(object, schema).map((problem) => `${nameOf(object)}: ${problem}`);
  });
  if (problems.length > 0) throw new Error(`it gives what Kubernetes does not take:\n${problems.join('\n')}`);
}
