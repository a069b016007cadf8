import type { ClusterContext } from '../../../charts/context';
import { Minio, type MinioProps } from '../../../charts/minio/minio';
import { completeConfig } from '../../support/complete-config';
import { testSnapshots } from '../../support/service';

const propsIn = (cluster: Required<ClusterContext>): Required<MinioProps> => ({
  cluster,
  namespace: 'store',
  size: completeConfig.sizes.minio,
  expose: { type: 'nodePort', port: 31900 },
  console: { type: 'loadBalancer', host: 'console.example.org', annotations: { 'example.org/pool': 'public' } },
  users: { reader: { results: 'read' }, writer: { results: 'readWrite' } },
  monitored: true,
  script: '# provision\n',
});

describe('MinIO with every option set', () => {
  testSnapshots((app, cluster) => new Minio(app, 'minio', propsIn(cluster)));
});
