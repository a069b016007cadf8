import { PrefectAgent, type PrefectAgentProps } from '../../../charts/prefect/agent';
import { completeConfig } from '../../support/complete-config';
import { flows } from '../../support/neighbours';
import { endpoint, testSnapshots } from '../../support/service';

describe("Prefect's agent with every option set", () => {
  testSnapshots((app, cluster) => {
    const props: Required<PrefectAgentProps> = {
      cluster,
      namespace: 'flows',
      size: completeConfig.sizes.prefectAgent,
      api: endpoint('prefect', 4200),
      workPool: 'gpu-pool',
      flows,
    };
    return new PrefectAgent(app, 'prefect-agent', props);
  });
});
