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
  monitored: true,
  script: '# provision\n',
});

describe('MinIO with every option set', () => {
  testSnapshots((app, cluster) => {
    const minio = new Minio(app, 'minio', propsIn(cluster));
    minio.accessOf('reader', [{ bucket: 'results', right: 'read' }]);
    minio.accessOf('writer', [{ bucket: 'results', right: 'readWrite' }]);
    minio.accessOf('guest', [{ bucket: 'results', right: 'read', paths: ['monthly', 'total.csv'] }]);
    return minio;
  });
});
