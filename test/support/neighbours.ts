import type { BucketAccess, ObjectStore } from '../../charts/minio/store';
import type { KafkaConnection } from '../../charts/kafka/connection';
import type { DatabaseConnection } from '../../charts/postgresql/connection';
import type { PrefectApi } from '../../charts/prefect/api';
import type { FlowNeighbours } from '../../charts/prefect/job-template';
import { endpoint } from './service';

// What stands in for the neighbours of a service that is tested by itself. No two values are alike, so that a snapshot
// shows which one went where.

export const database: Required<DatabaseConnection> = {
  endpoint: endpoint('databases', 6432, 'postgresql'),
  database: 'ledger',
  username: { namespace: 'databases', name: 'login', key: 'user' },
  password: { namespace: 'databases', name: 'login', key: 'pass' },
};

export const bucket: Required<BucketAccess> = {
  endpoint: endpoint('store', 9000),
  region: 'eu-west-1',
  accessKey: { namespace: 'store', name: 'store-users', key: 'reader-access-key' },
  secretKey: { namespace: 'store', name: 'store-users', key: 'reader' },
};

/** A store whose users have no rights: a test looks at what is asked for. */
export const store: ObjectStore = {
  ...{ endpoint: bucket.endpoint, region: bucket.region },
  accessOf: (user) => ({
    ...bucket,
    accessKey: { ...bucket.accessKey, key: `${user}-access-key` },
    secretKey: { ...bucket.secretKey, key: user },
  }),
};

export const kafka: Required<KafkaConnection> = {
  bootstrapServers: 'kafka-0:9092,kafka-1:9092',
  endpoints: [endpoint('kafka-0', 9092, 'kafka'), endpoint('kafka-1', 9092, 'kafka')],
};

export const flows: Required<FlowNeighbours> = { storage: bucket, mlflow: endpoint('tracking', 5000), kafka };

export const prefectApi: PrefectApi = {
  endpoint: endpoint('prefect', 4200),
  login: { namespace: 'flows', name: 'login-to-prefect', key: 'login' },
};
