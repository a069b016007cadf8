import { objectsOfComplete } from '../../support/complete-platform';
import { expectYaml } from '../../support/yaml';

test('the complete platform has a namespace for each service, with the strictest level that its pods pass', () => {
  expectYaml(objectsOfComplete('namespaces'));
});
