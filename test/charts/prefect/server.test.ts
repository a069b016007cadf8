import { PrefectServer, type PrefectServerProps } from '../../../charts/prefect/server';
import { completeConfig } from '../../support/complete-config';
import { database } from '../../support/neighbours';
import { testSnapshots } from '../../support/service';

const props: Omit<Required<PrefectServerProps>, 'cluster' | 'database'> = {
  namespace: 'flows',
  sizes: completeConfig.sizes,
  expose: { type: 'nodePort', port: 31420 },
};

describe("Prefect's server with every option set", () => {
  testSnapshots((app, cluster) => new PrefectServer(app, 'prefect', { ...props, cluster, database }));
});

describe("Prefect's server with a database of its own", () => {
  testSnapshots((app, cluster) => new PrefectServer(app, 'prefect', { ...props, cluster }));
});
