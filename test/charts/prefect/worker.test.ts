import { PrefectWorker, type PrefectWorkerProps } from '../../../charts/prefect/worker';
import { completeConfig } from '../../support/complete-config';
import { prefectApi } from '../../support/neighbours';
import { testSnapshots } from '../../support/service';

describe("Prefect's worker with every option set", () => {
  testSnapshots((app, cluster) => {
    const props: Required<PrefectWorkerProps> = {
      cluster,
      ...{ namespace: 'pipelines', flowNamespace: 'flows' },
      size: completeConfig.sizes.prefectWorker,
      api: prefectApi,
      workPool: 'gpu-pool',
    };
    return new PrefectWorker(app, 'prefect-worker', props);
  });
});
