import { Postgresql, type PostgresqlProps } from '../../../charts/postgresql/postgresql';
import { completeConfig } from '../../support/complete-config';
import { testSnapshots } from '../../support/service';

describe('PostgreSQL with every option set', () => {
  testSnapshots((app, cluster) => {
    const props: Required<PostgresqlProps> = {
      cluster,
      namespace: 'tracking',
      database: 'runs',
      username: 'tracker',
      size: completeConfig.sizes.postgresql,
    };
    return new Postgresql(app, 'postgresql', props);
  });
});
