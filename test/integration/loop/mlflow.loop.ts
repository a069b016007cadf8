import { readFileSync, existsSync } from 'node:fs';
import { request } from 'node:http';
import { delimiter, join } from 'node:path';
import { eventually } from '../cluster/workspace';
import { folderOf, without } from './equipment';
import type { Launch } from './pod';
import { fetchModel } from './serving';
import { mlflow } from './training';
import { temporaryWorld, type World } from './world';

const missing = without('postgresql', 'silo', 'mc', 'mlflow', 'mlflowBefore', 'drift');
const given = missing === '' ? test : test.skip;
const python = (file: string): string => join(__dirname, 'python', file);
const deployment = ['Deployment', 'mlflow-tracking-server'] as const;

const theWorld = temporaryWorld(missing);
let world: World;
/** Runs that were logged, by the name of their model. */
const runs: Record<string, string> = {};

/** The server of MLflow 2.3.1, with the settings that its pod had. */
function serverBefore(): Launch {
  const folder = folderOf('mlflowBefore');
  const { env, ...launch } = world.pod(...deployment).launch();
  const address = env.MLFLOW_BACKEND_STORE_URI?.replace('+psycopg2', '') ?? '';
  return {
    ...launch,
    name: 'mlflow-before',
    command: [
      ...([join(folder, 'mlflow'), 'server', '--host', '127.0.0.1', '--port', String(world.ports.mlflow)] as const),
      ...['--workers', '1'],
    ],
    env: { ...env, MLFLOW_BACKEND_STORE_URI: address, PATH: [folder, env.PATH].join(delimiter) },
  };
}

/** Logs and registers a model with the client of a release. */
async function logModel(name: string, client: 'mlflow' | 'mlflowBefore'): Promise<void> {
  const settings = { MLFLOW_TRACKING_URI: `http://127.0.0.1:${world.ports.mlflow}`, GIT_PYTHON_REFRESH: 'quiet' };
  const { code, stdout } = await world.run(
    world.python(`log-${name}`, client, [python('log_model.py'), name], settings),
    180,
  );
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^run \w+$/m) });
  runs[name] = /^run (\w+)$/m.exec(stdout)?.[1] ?? '';
}

/** What a client, the initializer and the detector get of version 1 of a model. */
async function expectReadable(name: string): Promise<void> {
  const { run } = await mlflow(world, `runs/get?run_id=${runs[name] ?? ''}`);
  expect(run.data.metrics).toMatchObject([{ key: 'loss', value: 1 / 3, step: 2 }]);
  const { metrics } = await mlflow(world, `metrics/get-history?run_id=${runs[name] ?? ''}&metric_key=loss`);
  expect(metrics).toHaveLength(3);
  expect(await mlflow(world, `model-versions/get?name=${name}&version=1`)).toMatchObject({
    model_version: { status: 'READY', run_id: runs[name] },
  });
  const folder = await fetchModel(world, `models:/${name}/1`);
  for (const file of ['MLmodel', 'requirements.txt']) expect(existsSync(join(folder, file))).toBe(true);
  const asked = [`http://127.0.0.1:${world.ports.mlflow}`, name, '1', 'MLmodel'];
  const source = { PYTHONPATH: join(__dirname, '../../../programs/drift/src') };
  const { code, stdout } = await world.run(
    world.python(`read-${name}`, 'drift', [python('registry.py'), ...asked], source),
  );
  expect({ code, stdout }).toEqual({ code: 0, stdout: readFileSync(join(folder, 'MLmodel'), 'utf8') });
}

const upgrade = (name: string) => world.run({ ...world.pod(...deployment).launch('upgrade'), name });

/** A client of the database of MLflow, as its superuser. */
function psql(statement: string, name = 'psql'): Launch {
  const { as = [], ...launch } = world.pod('StatefulSet', 'postgresql-mlflow').launch();
  const client = ['psql', '-U', 'postgres', '-d', 'mlflow-tracking-server', '-Atc', statement];
  return { ...launch, name, command: [...as, ...client] as unknown as Launch['command'] };
}

/** What the database answers. */
async function sql(statement: string): Promise<string> {
  const { code, stdout } = await world.run(psql(statement));
  if (code !== 0) throw new Error(stdout);
  return stdout.trim();
}
const revision = () => sql('SELECT version_num FROM alembic_version');

beforeAll(async () => {
  if (missing !== '') return;
  world = theWorld();
  await world.serve('StatefulSet', 'postgresql-mlflow');
  await world.serve('Deployment', 'minio');
  await world.runJob('minio-post-job');
});

describe('a database and artifacts that MLflow 2.3.1 has written', () => {
  given(`are brought to the new version by one of two replicas, the other waits${missing}`, async () => {
    const program = world.start(serverBefore());
    const answers = async (): Promise<boolean> => (await fetch(`http://127.0.0.1:${world.ports.mlflow}/health`)).ok;
    await eventually('MLflow 2.3.1 answers', answers, { seconds: 120, program });
    await logModel('before', 'mlflowBefore');
    await program.stop('SIGINT');
    expect(await revision()).toBe('3500859a5d39');
    const both = await Promise.all(['upgrade-a', 'upgrade-b'].map(upgrade));
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    const steps = both.map(({ stdout }) => stdout.split('upgraded its database from revision 3500859a5d39').length - 1);
    expect(steps.sort()).toEqual([0, 1]);
    expect(await revision()).not.toBe('3500859a5d39');
  });

  given(`are held by no transaction that idles while one replica upgrades them${missing}`, async () => {
    // Another session stops the upgrade where it reads the version, until it is ended itself.
    const other = world.start(psql('BEGIN; LOCK TABLE alembic_version; SELECT pg_sleep(600)', 'psql-other'));
    const sleeper = "FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    await eventually('the table is locked', async () => (await sql(`SELECT pid ${sleeper}`)) !== '', {
      program: other,
    });
    const upgraded = upgrade('upgrade-stopped');
    const ofHolder = "FROM pg_stat_activity JOIN pg_locks USING (pid) WHERE locktype = 'advisory' AND granted";
    const state = () => sql(`SELECT state ${ofHolder} AND state <> 'active'`);
    await eventually('the replica has its lock', async () => (await state()) !== '', { seconds: 60 });
    expect(await state()).toBe('idle');
    await sql(`SELECT pg_terminate_backend(pid) ${sleeper}`);
    expect(await upgraded).toMatchObject({ code: 0, stdout: expect.stringContaining('finds its tables up to date') });
  });

  given(`are read by the new server, by the initializer and by the detector${missing}`, async () => {
    await world.serve(...deployment);
    await expectReadable('before');
  });

  given(`take runs and models of old and new clients${missing}`, async () => {
    await logModel('old-client', 'mlflowBefore');
    await expectReadable('old-client');
    await logModel('new-client', 'mlflow');
    const { model_version: version } = await mlflow(world, 'model-versions/get?name=new-client&version=1');
    expect(version.source).toMatch(/^models:\/m-/);
    await expectReadable('new-client');
  });

  given(`stay as they are where MLflow does not know their version, and the pod says why${missing}`, async () => {
    const known = await revision();
    await sql("UPDATE alembic_version SET version_num = 'fffffffffff1'");
    const { code, stdout } = await upgrade('upgrade-unknown');
    expect(code).toBe(1);
    expect(stdout.trim().split('\n').pop()).toMatch(/^MLflow 3\.\S+ cannot upgrade its database: .*fffffffffff1/);
    expect(await revision()).toBe('fffffffffff1');
    await sql(`UPDATE alembic_version SET version_num = '${known}'`);
  });
});

describe('the server', () => {
  /** The answer to a request with these headers. */
  const ask = (path: string, headers: Record<string, string>, method = 'GET') =>
    new Promise<{ status?: number; type?: string; body: string }>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port: world.ports.mlflow, path, method, headers }, (answer) => {
        let body = '';
        answer.on('data', (chunk: Buffer) => (body += chunk.toString()));
        answer.on('end', () => {
          resolve({ status: answer.statusCode, type: answer.headers['content-type'], body });
        });
      });
      sent.on('error', reject);
      sent.end();
    });
  const api = '/api/2.0/mlflow/registered-models/search';
  const service = 'mlflow-tracking-server';
  const names = ['', '.mlops-mlflow', '.mlops-mlflow.svc', '.mlops-mlflow.svc.cluster.local'].map(
    (end) => service + end,
  );

  given(`answers by each of its names, with and without port, and by no other${missing}`, async () => {
    const { mlflow: port } = world.ports;
    const hosts = names.flatMap((name) => [name, `${name}:${port}`]);
    const known = [...hosts, `127.0.0.1:${port}`, `localhost:${port}`, '127.0.0.1:30500'];
    const asked = await Promise.all(known.map(async (host) => [host, (await ask(api, { host })).status]));
    expect(asked).toEqual(known.map((host) => [host, 200]));
    const foreign = ['evil.example.org', `evil.${service}:${port}`, `10.1.2.3:${port}`, '127.0.0.1:30501'];
    const refused = await Promise.all(foreign.map(async (host) => [host, (await ask(api, { host })).status]));
    expect(refused).toEqual(foreign.map((host) => [host, 403]));
  });

  given(`tells Prometheus, which asks the pod, its metrics, and kubelets that it lives${missing}`, async () => {
    const metrics = await ask('/metrics', { host: `127.0.0.1:${world.ports.mlflow}` });
    expect(metrics).toMatchObject({ status: 200, type: expect.stringMatching(/^text\/plain; version=0\.0\.4/) });
    expect(metrics.body).toMatch(/^mlflow_http_request_total\{.*status="200".*\} [1-9]/m);
    expect(await ask('/health', { host: 'node.example.org:10250' })).toMatchObject({ status: 200, body: 'OK' });
  });

  given(`lets browsers write from its own pages, and from no other${missing}`, async () => {
    const create = (origin: string) =>
      ask(
        `/ajax-api/2.0/mlflow/experiments/search`,
        { host: '127.0.0.1:30500', origin, 'content-length': '0' },
        'POST',
      );
    expect((await create('http://127.0.0.1:30500')).status).not.toBe(403);
    expect(await create('https://evil.example.org')).toMatchObject({ status: 403 });
  });
});
