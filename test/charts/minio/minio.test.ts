import { App } from 'cdk8s';
import { contextOf, type ClusterContext } from '../../../charts/context';
import { Minio, type MinioProps } from '../../../charts/minio/minio';
import { HelmRelease } from '../../../lib/helm/release';
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
});

describe('MinIO with every option set', () => {
  testSnapshots((app, cluster) => new Minio(app, 'minio', propsIn(cluster)));
});

test("the original chart's Job gets the client in the image of the server", () => {
  const app = new App();
  const { cluster } = contextOf(app, { ...completeConfig, charts: 'upstream' });
  new Minio(app, 'minio', propsIn({ ...cluster, storageClass: 'fast' }));
  const [release] = HelmRelease.allIn(app);
  const image = { repository: 'registry.example.org/minio', tag: '1' };
  expect(release?.props.values).toMatchObject({ image, mcImage: image });
});
