import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { eventually, type Program } from '../cluster/workspace';
import { runDocumented } from './documented';
import { folderOf, type Tool, without } from './equipment';
import type { Launch } from './pod';
import { prefect } from './training';
import { temporaryWorld, type World } from './world';

// Data of an older PostgreSQL gets into the new one by the commands of docs/upgrading.md; MLflow and Prefect, of before
// and of now, are those who write and read it.

const section = 'PostgreSQL 15.3 (MLflow) and 14.3 (Prefect)';
const before = (): Record<string, string> => ({
  PATH: [folderOf('postgresqlBefore'), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
});

/** A database as a pod, on its volume. */
class Database {
  private server?: Program;
  constructor(
    private readonly world: World,
    readonly name: string,
  ) {}

  async serve(env: Record<string, string> = {}): Promise<void> {
    this.server = await this.world.serve('StatefulSet', this.name, { env });
  }

  /** Ends it as its pod is ended. */
  async end(): Promise<void> {
    await this.server?.stop('SIGINT');
  }

  /** Runs the init container, however it ends. */
  setUp(env: Record<string, string> = {}) {
    const launch = this.world.pod('StatefulSet', this.name).launch('setup');
    return this.world.run({ ...launch, env: { ...launch.env, ...env } });
  }

  /** What its superuser gets as an answer. */
  async ask(database: string, statement: string): Promise<string> {
    const { as = [], ...launch } = this.world.pod('StatefulSet', this.name).launch();
    const command = [...as, 'psql', '--username', 'postgres', '-Atc', statement, database];
    const { stdout } = await this.world.run({
      ...launch,
      name: 'psql',
      command: command as unknown as Launch['command'],
    });
    return stdout.trim();
  }

  /** Puts the volume away, so that the next pod gets an empty one. */
  removeVolume(): void {
    renameSync(this.volume, `${this.volume}-before`);
  }

  /** Each file and folder of the volume with its owner, mode, time and content. */
  content(): unknown[] {
    const paths = readdirSync(this.volume, { recursive: true }) as string[];
    return paths.sort().map((path) => {
      const { mode, uid, gid, mtimeMs } = lstatSync(join(this.volume, path));
      const file = join(this.volume, path);
      const content = lstatSync(file).isFile() && createHash('sha256').update(readFileSync(file)).digest('hex');
      return [path, mode, uid, gid, mtimeMs, content];
    });
  }

  private get volume(): string {
    return this.world.pod('StatefulSet', this.name).volume('data');
  }
}

describe('the database of MLflow', () => {
  const needed = ['postgresql', 'postgresqlBefore', 'mlflow', 'mlflowBefore'] as const satisfies Tool[];
  const missing = without(...needed);
  const given = missing === '' ? test : test.skip;
  const theWorld = temporaryWorld(missing);
  const deployment = ['Deployment', 'mlflow-tracking-server'] as const;
  let world: World;
  let database: Database;
  let run: string;

  beforeAll(async () => {
    if (missing !== '') return;
    world = theWorld();
    database = new Database(world, 'postgresql-mlflow');
    await database.serve(before());
    const { MLFLOW_BACKEND_STORE_URI: address = '' } = world.pod(...deployment).launch().env;
    const script = join(__dirname, 'python/log_run.py');
    const logged = await world.run(
      world.python('log-run', 'mlflowBefore', [script, 'before'], { MLFLOW_TRACKING_URI: address }),
    );
    expect(logged).toMatchObject({ code: 0, stdout: expect.stringMatching(/^run \w+$/m) });
    run = /^run (\w+)$/m.exec(logged.stdout)?.[1] ?? '';
    await runDocumented(world, 'MLflow 2.3.1', 'pg_dump', before());
    await database.end();
  });

  given(`is refused where another major version has made it, and stays as it is${missing}`, async () => {
    const volume = database.content();
    const { code, stdout } = await database.setUp();
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: expect.stringMatching(
        /^This is PostgreSQL \d+, and the volume holds data of PostgreSQL \d+, .* see docs\/upgrading\.md\.\n$/,
      ),
    });
    expect(database.content()).toEqual(volume);
  });

  given(`gets into the new version by the documented way, and MLflow brings it to its version${missing}`, async () => {
    database.removeVolume();
    await database.serve();
    await runDocumented(world, section, 'DROP DATABASE "mlflow-tracking-server"');
    await runDocumented(world, section, 'pg_restore --username postgres --create');
    const upgrade = await world.run(world.pod(...deployment).launch('upgrade'));
    expect(upgrade).toMatchObject({ code: 0, stdout: expect.stringContaining('from revision 3500859a5d39') });
    expect(await database.ask('mlflow-tracking-server', 'SELECT run_uuid, key, value FROM metrics')).toBe(
      `${run}|loss|0.25`,
    );
  });

  given(`is refused by the version of before, once the new one has made it${missing}`, async () => {
    await database.end();
    const volume = database.content();
    expect(await database.setUp(before())).toMatchObject({ code: 1 });
    expect(database.content()).toEqual(volume);
  });
});

describe('the database of Prefect', () => {
  const needed = ['postgresql', 'postgresqlBefore', 'prefect', 'prefectBefore'] as const satisfies Tool[];
  const missing = without(...needed);
  const given = missing === '' ? test : test.skip;
  const theWorld = temporaryWorld(missing);
  const deployment = ['Deployment', 'prefect-server'] as const;
  let world: World;
  let database: Database;
  let ids: Record<'flow' | 'deployment' | 'run', string>;

  /** The server of Prefect 2.10.4, with the settings that its pod had. */
  async function serveBefore(): Promise<Program> {
    const { env, ...launch } = world.pod(...deployment).launch();
    const folder = folderOf('prefectBefore');
    const program = world.start({
      ...launch,
      name: 'prefect-before',
      command: [
        join(folder, 'prefect'),
        'server',
        'start',
        '--host',
        '127.0.0.1',
        '--port',
        String(world.ports.prefect),
      ],
      env: {
        PREFECT_API_DATABASE_CONNECTION_URL: env.PREFECT_SERVER_DATABASE_CONNECTION_URL ?? '',
        HOME: join(world.workspace.folder, 'prefect-before'),
        PATH: [folder, '/usr/bin', '/bin'].join(delimiter),
      },
    });
    const answers = async (): Promise<boolean> =>
      (await fetch(`http://127.0.0.1:${world.ports.prefect}/api/health`)).ok;
    await eventually('Prefect 2.10.4 answers', answers, { seconds: 120, program });
    return program;
  }

  beforeAll(async () => {
    if (missing !== '') return;
    world = theWorld();
    database = new Database(world, 'prefect-server-postgresql');
    await database.serve(before());
    const server = await serveBefore();
    const { id: flow } = await prefect(world, '/flows/', { name: 'train' });
    const { id } = await prefect(world, '/deployments/', { name: 'nightly', flow_id: flow, parameters: { rows: 7 } });
    const state = { type: 'COMPLETED', name: 'Completed' };
    const { id: run } = await prefect(world, '/flow_runs/', { name: 'first', flow_id: flow, deployment_id: id, state });
    ids = { flow, deployment: id, run };
    await server.stop('SIGINT');
    await runDocumented(world, 'Prefect 2.10.4 → 3.9.1', 'pg_dump', before());
    await database.end();
  });

  given(`gets into the new version by the documented way, and Prefect reads it${missing}`, async () => {
    expect(await database.setUp()).toMatchObject({ code: 1 });
    database.removeVolume();
    await database.serve();
    await runDocumented(world, section, "'DROP DATABASE server WITH (FORCE)'");
    await runDocumented(world, section, 'pg_restore --username postgres --exit-on-error --dbname server');
    await world.serve(...deployment);
    expect(await prefect(world, `/flows/${ids.flow}`)).toMatchObject({ name: 'train' });
    expect(await prefect(world, `/deployments/${ids.deployment}`)).toMatchObject({
      name: 'nightly',
      flow_id: ids.flow,
      parameters: { rows: 7 },
    });
    expect(await prefect(world, `/flow_runs/${ids.run}`)).toMatchObject({
      name: 'first',
      flow_id: ids.flow,
      deployment_id: ids.deployment,
      state: { type: 'COMPLETED' },
    });
  });
});
