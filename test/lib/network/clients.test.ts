import { parseConfig } from '../../../charts/config';
import { OutputIndex } from '../../../lib/checks/output-index';
import { clientViolations } from '../../../lib/network/clients';
import { assemble } from '../../support/output';
import { usual } from '../../support/usual-config';

test('clients are pods of other namespaces, which need not be there', async () => {
  const clients = (...namespaces: string[]) => namespaces.map((namespace) => ({ namespace, to: ['mlflow' as const] }));
  const networkPolicies = { clients: clients('notebooks', 'mlops-drift', 'istio-system') };
  const output = await assemble(parseConfig({ ...usual, networkPolicies }));
  expect(clientViolations(new OutputIndex(output))).toEqual([
    'networkPolicies.clients: mlops-drift is a namespace of the platform (name one of yours; for other pods in it, write a NetworkPolicy of your own)',
    'networkPolicies.clients: istio-system is a namespace of the platform (name one of yours; for other pods in it, write a NetworkPolicy of your own)',
  ]);
});
