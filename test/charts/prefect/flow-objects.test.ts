import { PrefectFlows, type FlowLimits, type PrefectFlowsProps } from '../../../charts/prefect/flows';
import { completeConfig } from '../../support/complete-config';
import { flows } from '../../support/neighbours';
import { endpoint, testSnapshots } from '../../support/service';

describe('what flows find, with every option set', () => {
  testSnapshots((app, cluster) => {
    const limits: Required<FlowLimits> = { flowRuns: 7, taskRuns: { database: 3 } };
    const props: Required<PrefectFlowsProps> = {
      cluster,
      namespace: 'flows',
      size: completeConfig.sizes.prefectAgent,
      flowSize: completeConfig.sizes.flowRun,
      api: endpoint('prefect', 4200),
      workPool: 'gpu-pool',
      limits,
      program: '# the bootstrap\n',
      flows,
    };
    return new PrefectFlows(app, 'prefect-flows', props);
  });
});
