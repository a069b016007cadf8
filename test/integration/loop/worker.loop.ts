import { ControlPlane } from '../cluster/control-plane';
import { newestVersion } from '../cluster/tools';
import { eventually, type Program } from '../cluster/workspace';
import type { Loose } from '../../support/config';
import { without } from './equipment';
import { prefect } from './training';
import { temporaryWorld, type World } from './world';

// Prefect's worker, as its ServiceAccount, against a real API server: from a flow run to its Job, and back.

const missing = without('postgresql', 'prefect', 'kubernetes');
const given = missing === '' ? describe : describe.skip;
const home = 'mlops-prefect';
const namespace = 'mlops-flows';
const jobsPath = `/apis/batch/v1/namespaces/${namespace}/jobs`;
const image = 'registry.example.org/own:1.0.0';

const theWorld = temporaryWorld(missing);

given(`Prefect's worker${missing}`, () => {
  let world: World;
  let cluster: ControlPlane;
  let worker: Program;
  let deployment: string;

  beforeAll(async () => {
    world = theWorld();
    cluster = await ControlPlane.start({ version: newestVersion });
    const kinds = ['Namespace', 'ServiceAccount', 'Role', 'RoleBinding'];
    const items = world.objects.filter(
      ({ kind, metadata }) => kinds.includes(kind) && [home, namespace].includes(metadata.namespace ?? metadata.name),
    );
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    expect(await cluster.kubectl(['apply', '-f', '-'], { input })).toMatchObject({ code: 0, stderr: '' });
    await cluster.startControllers();
    await world.serve('StatefulSet', 'prefect-server-postgresql');
    await world.serve('Deployment', 'prefect-server');
    // Before its pool: it waits for it.
    const kubeconfig = await cluster.serviceAccountKubeconfig(home, 'prefect-worker');
    worker = await world.serve('Deployment', 'prefect-worker', { env: { KUBECONFIG: kubeconfig } });
    await world.runJob('prefect-flows');
    const flow = await prefect(world, '/flows/', { name: 'own' });
    const wanted = { name: 'own', flow_id: flow.id, work_pool_name: 'kubernetes', job_variables: { image } };
    deployment = (await prefect(world, '/deployments/', wanted)).id;
  });
  afterAll(() => cluster.stop());

  const jobs = async (): Promise<Loose[]> => (await cluster.api.must<{ items: Loose[] }>('GET', jobsPath)).items;
  const start = async (): Promise<string> =>
    (await prefect(world, `/deployments/${deployment}/create_flow_run`, { state: { type: 'SCHEDULED' } })).id;
  const jobOf = async (run: string): Promise<Loose> => {
    const found = async (): Promise<Loose> =>
      (await jobs()).find(({ metadata }) => metadata.labels['prefect.io/flow-run-id'] === run);
    await eventually('the run has a Job', async () => (await found()) !== undefined, { seconds: 90, program: worker });
    return found();
  };

  test('makes a Job of a flow run as the template says, which names the log-in and does not hold it', async () => {
    const run = await start();
    const job = await jobOf(run);
    expect(job.spec).toMatchObject({ backoffLimit: 0, ttlSecondsAfterFinished: 86_400 });
    const { spec } = job.spec.template;
    expect(spec).toMatchObject({
      serviceAccountName: 'flow-run',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1001 },
    });
    const [container] = spec.containers;
    expect(container).toMatchObject({
      image,
      args: ['prefect', 'flow-run', 'execute'],
      envFrom: [{ secretRef: { name: 'prefect-storage' } }],
      resources: { requests: { cpu: '100m', memory: '512Mi' }, limits: { cpu: '1', memory: '2Gi' } },
    });
    const secretKeyRef = { name: 'prefect-login', key: 'auth-string' };
    expect(container.env).toContainEqual({ name: 'PREFECT_API_AUTH_STRING', valueFrom: { secretKeyRef } });
    expect(container.env).toContainEqual({ name: 'PREFECT__FLOW_RUN_ID', value: run });
    expect(JSON.stringify(job)).not.toContain(world.secret(`${home}/prefect-login`).password);
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    await eventually(
      'its pod is admitted',
      async () => (await cluster.api.must<{ items: unknown[] }>('GET', pods)).items.length > 0,
    );
  });

  test('asks for nothing that its Role does not allow, and watches no other namespace', () => {
    const user = `system:serviceaccount:${home}:prefect-worker`;
    const own = cluster.requests().filter((request) => request.user === user);
    expect(own.filter(({ code }) => code === 403)).toEqual([]);
    const watched = own.filter(({ verb }) => verb === 'watch').map(({ uri }) => uri.replace(/\?.*/, ''));
    expect([...new Set(watched)].sort()).toEqual([`/api/v1/namespaces/${namespace}/pods`, jobsPath]);
  });

  test('ends within the time that a pod has, when it is told to', async () => {
    const told = Date.now();
    process.kill(worker.pid ?? 0, 'SIGTERM');
    expect(await worker.ended).toBe(0);
    expect(Date.now() - told).toBeLessThan(30_000);
  });
});
