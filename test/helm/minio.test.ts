import { findObject, type KubeObject, renderChart } from './render';

const render = (values: object = {}): Promise<readonly KubeObject[]> =>
  renderChart('minio', { release: 'minio', namespace: 'data', values: { existingSecret: 'minio-root', ...values } });

interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}
interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly EnvVar[];
  readonly volumeMounts: readonly { readonly name: string }[];
}
interface Workload {
  readonly template: {
    readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
    readonly spec: { readonly initContainers?: readonly Container[]; readonly containers: readonly Container[] };
  };
}
interface ServiceSpec {
  readonly ports: readonly { readonly name: string; readonly port: number }[];
}

function server(objects: readonly KubeObject[], kind: string): Container {
  const [container] = (findObject(objects, kind, 'minio').spec as Workload).template.spec.containers;
  if (!container) throw new Error(`${kind}/minio has no container`);
  return container;
}

describe('names and ports', () => {
  const ports = (objects: readonly KubeObject[]): unknown =>
    Object.fromEntries(
      objects
        .filter(({ kind }) => kind === 'Service')
        .map(({ metadata, spec }) => [
          metadata.name,
          (spec as ServiceSpec).ports.map(({ name, port }) => [name, port]),
        ]),
    );

  test('of a standalone server are those of the original chart', async () => {
    const objects = await render();
    expect(ports(objects)).toEqual({ minio: [['http', 9000]], 'minio-console': [['http', 9001]] });
    expect(findObject(objects, 'Service', 'minio').metadata.labels).toMatchObject({ monitoring: 'true' });
    expect(findObject(objects, 'Deployment', 'minio').spec).toMatchObject({
      strategy: { type: 'Recreate' },
      selector: { matchLabels: { app: 'minio', release: 'minio' } },
      template: {
        spec: {
          serviceAccountName: 'minio-sa',
          volumes: expect.arrayContaining([
            { name: 'export', persistentVolumeClaim: { claimName: 'minio' } },
          ]) as unknown,
        },
      },
    });
    findObject(objects, 'PersistentVolumeClaim', 'minio');
  });

  test('of distributed servers are those of the original chart', async () => {
    const objects = await render({ mode: 'distributed', replicas: 4, drivesPerNode: 2, pools: 2 });
    expect(ports(objects)).toMatchObject({ 'minio-svc': [['http', 9000]] });
    expect(findObject(objects, 'StatefulSet', 'minio').spec).toMatchObject({
      replicas: 8,
      serviceName: 'minio-svc',
      // One after the other, the first would wait for the others for ever.
      updateStrategy: { type: 'OnDelete' },
      volumeClaimTemplates: [{ metadata: { name: 'export-0' } }, { metadata: { name: 'export-1' } }],
    });
    expect(server(objects, 'StatefulSet').args.slice(0, 3)).toEqual([
      'server',
      'http://minio-{0...3}.minio-svc.data.svc:9000/export-{0...1}',
      'http://minio-{4...7}.minio-svc.data.svc:9000/export-{0...1}',
    ]);
  });
});

describe('values that cannot work are refused', () => {
  test.each([
    ['no root credentials', { existingSecret: undefined }, 'existingSecret'],
    ['a password in the values', { rootPassword: 'x' }, "'rootPassword' not allowed"],
    // The platform's own Job makes them, of this chart and of the original alike.
    ['users', { users: [{ accessKey: 'abc', secretKey: 'x' }] }, "'users' not allowed"],
    ['a second image, for the client', { mcImage: { tag: 'x' } }, "'mcImage' not allowed"],
    ['two servers on one volume', { deploymentUpdate: { type: 'RollingUpdate' } }, 'Recreate'],
    ['too few volumes to lose one', { mode: 'distributed', replicas: 3 }, 'replicas × drivesPerNode: 3'],
  ])('%s', async (_, values, message) => {
    await expect(render(values)).rejects.toThrow(message);
  });
});

test('a variable of the environment takes the place of the chart’s own', async () => {
  const { env } = server(await render({ environment: { MINIO_PROMETHEUS_AUTH_TYPE: 'jwt' } }), 'Deployment');
  expect(env.filter(({ name }) => name === 'MINIO_PROMETHEUS_AUTH_TYPE')).toEqual([
    { name: 'MINIO_PROMETHEUS_AUTH_TYPE', value: 'jwt' },
  ]);
});
