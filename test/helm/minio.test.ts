import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findObject, type KubeObject, renderChart } from './render';

const provisioning = {
  policies: [
    { name: 'models-rw', statements: [{ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::models/*'] }] },
    { name: 'no-delete', statements: [{ effect: 'Deny', actions: ['s3:DeleteObject'] }] },
  ],
  buckets: [{ name: 'models', policy: 'download', versioning: true }, { name: 'data' }],
  users: [{ accessKey: 'mlflow', existingSecret: 'minio-mlflow', existingSecretKey: 'secret', policy: 'models-rw' }],
};

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

const job = (objects: readonly KubeObject[]): Workload['template'] =>
  (findObject(objects, 'Job', 'minio-post-job').spec as Workload).template;

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
    ['a secret key in the values', { users: [{ accessKey: 'abc', secretKey: 'x' }] }, "'secretKey' not allowed"],
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

describe('the Job', () => {
  const steps = (objects: readonly KubeObject[]): Container[] => {
    const { initContainers = [], containers } = job(objects).spec;
    return [...initContainers, ...containers];
  };
  const files = (objects: readonly KubeObject[]): Record<string, string> =>
    findObject(objects, 'ConfigMap', 'minio').data as Record<string, string>;

  test('runs in the image of the server, which has the client', async () => {
    const objects = await render({ ...provisioning, image: { repository: 'registry.example.org/silo', tag: 'x' } });
    const images = [server(objects, 'Deployment'), ...steps(objects)].map(({ image }) => image);
    expect(images).toEqual(Array.from({ length: 4 }, () => 'registry.example.org/silo:x'));
  });

  test('is there only when there is something to make', async () => {
    const jobs = async (values: object): Promise<number> =>
      (await render(values)).filter(({ kind }) => kind === 'Job').length;
    expect([await jobs({}), await jobs({ buckets: [{ name: 'models' }] })]).toEqual([0, 1]);
  });

  test('shows the secret keys of users to its last step only, and none of them as a variable', async () => {
    const all = steps(await render(provisioning));
    expect(all.filter(({ volumeMounts }) => volumeMounts.some(({ name }) => name === 'users'))).toEqual(all.slice(-1));
    expect(all.flatMap(({ env }) => env).filter(({ valueFrom }) => valueFrom)).toEqual([]);
  });

  test('changes with what it applies', async () => {
    const checksum = async (values: object): Promise<unknown> =>
      job(await render(values)).metadata.annotations['checksum/config'];
    const buckets = [...provisioning.buckets, { name: 'more' }];
    expect(await checksum({ ...provisioning, buckets })).not.toBe(await checksum(provisioning));
  });

  test('writes policies in the language of S3', async () => {
    const rendered = files(await render(provisioning));
    expect(JSON.parse(rendered['policy-models-rw.json'] ?? '')).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::models/*'] }],
    });
    expect(JSON.parse(rendered['policy-no-delete.json'] ?? '')).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: ['s3:DeleteObject'] }],
    });
  });

  describe('script', () => {
    const rootPassword = 'root "pass\\word % $x';
    const userSecret = 'user \'secret\' "key" %s';
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'minio-provision-'));
    });
    afterEach(() => {
      rmSync(folder, { recursive: true });
    });

    /** Runs one step of the rendered script with a stand-in for mc that notes its arguments and its input. */
    async function run(step: string): Promise<{ calls: string[]; input: string; output: string }> {
      const write = (name: string, text: string): void => {
        const file = path.join(folder, name);
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, text);
      };
      const rendered = files(await render(provisioning));
      for (const [name, text] of Object.entries(rendered)) write(`config/${name}`, text);
      write('credentials/root/rootUser', 'root');
      write('credentials/root/rootPassword', rootPassword);
      write('credentials/users/mlflow', userSecret);
      write(
        'mc',
        `#!/bin/sh
echo "$@" >>"${folder}/calls"
case "$*" in
  "alias set"*|"admin user add"*) cat >>"${folder}/input" ;;
  *"admin user info"*) echo '{"status":"success","policyName":"readwrite,models-rw","userStatus":"enabled"}' ;;
esac
`,
      );
      write('input', '');
      chmodSync(path.join(folder, 'mc'), 0o755);
      const script = (rendered['provision.sh'] ?? '')
        .replaceAll('/config/', `${folder}/config/`)
        .replaceAll('/credentials/', `${folder}/credentials/`);
      const output = execFileSync('/bin/sh', ['-c', script, 'provision.sh', step], {
        env: { PATH: `${folder}:${process.env.PATH}`, MINIO_URL: 'http://minio:9000' },
        encoding: 'utf8',
        stdio: 'pipe',
      });
      const calls = readFileSync(path.join(folder, 'calls'), 'utf8').replaceAll(`${folder}/`, '/').trim().split('\n');
      return { calls, input: readFileSync(path.join(folder, 'input'), 'utf8'), output };
    }

    const login = ['ready server', 'alias set minio http://minio:9000'];

    test('waits for the server, then makes every policy', async () => {
      const { calls, output } = await run('policies');
      expect(calls).toEqual([
        ...login,
        'admin policy create minio models-rw /config/policy-models-rw.json',
        'admin policy create minio no-delete /config/policy-no-delete.json',
      ]);
      expect(output).toContain('waiting for MinIO at http://minio:9000');
    });

    test('makes buckets private, and leaves versioning alone, unless the values say otherwise', async () => {
      expect((await run('buckets')).calls).toEqual([
        ...login,
        'mb --ignore-existing minio/models',
        'anonymous set download minio/models',
        'version enable minio/models',
        'mb --ignore-existing minio/data',
        'anonymous set none minio/data',
      ]);
    });

    test('gives a user its policy and takes every other one away', async () => {
      expect((await run('users')).calls).toEqual([
        ...login,
        'admin user add minio',
        'admin policy attach minio models-rw --user mlflow',
        '--json admin user info minio mlflow',
        'admin policy detach minio readwrite --user mlflow',
      ]);
    });

    test('hands secrets to mc unchanged and nowhere else', async () => {
      const { calls, input, output } = await run('users');
      expect(input).toBe(`root\n${rootPassword}\nmlflow\n${userSecret}\n`);
      for (const secret of [rootPassword, userSecret]) expect(calls.join('\n') + output).not.toContain(secret);
    });
  });
});
