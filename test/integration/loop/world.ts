import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../../charts/config';
import { parseConfig } from '../../../charts/config';
import { nameOf, sourcesOf } from '../../../programs/credentials/values';
import type { SecretSpec } from '../../../lib/graph/secret-spec';
import type { Container, KubernetesObject } from '../../../lib/kubernetes/object';
import { synthesize } from '../../../charts/synthesize';
import type { Outcome } from '../../support/cli';
import type { Loose } from '../../support/config';
import { CredentialsJob } from '../../support/credentials-job';
import { FakeApiServer } from '../../support/fake-api-server';
import { eventually, freePorts, type Program, Workspace } from '../cluster/workspace';
import { folderOf, type Tool } from './equipment';
import { here, portNames, type Ports, replaceAll } from './here';
import { type Cluster, type Launch, Pod } from './pod';

const model = {
  name: 'creditcard',
  server: 'mlflow',
  registeredModel: { name: 'creditcard', version: 1 },
  protocol: 'v1',
} as const;

type Drift = NonNullable<NonNullable<Config['models']>[number]['drift']>;

/** MLflow is asked as somebody outside asks it, too. */
const services = { mlflow: { expose: { type: 'nodePort', withoutLogin: true } } } as const;

/** The smallest platform with a model that is served and watched. */
export const watched = (drift: Drift): Config => ({
  cluster: { externalHost: '127.0.0.1' },
  size: { profile: 'laptop' },
  services,
  models: [{ ...model, drift }],
});

/** The platform with a model that is trained, served, watched and retrained. */
export const config: Config = {
  cluster: { externalHost: '127.0.0.1' },
  size: { profile: 'laptop' },
  services,
  models: [
    {
      ...model,
      drift: {
        detectors: ['mmd', 'ks', 'psi', 'adwin', 'ddm', 'eddm', 'kswin', 'page-hinkley'],
        dropColumns: ['fraud'],
        window: 500,
      },
      retrain: { deployment: 'train-creditcard/production' },
    },
  ],
};

/** Programs of the platform's pods on this machine. All of them, and their data, are gone after `dispose`. */
export class World {
  readonly workspace = new Workspace();

  private constructor(
    readonly objects: readonly KubernetesObject[],
    readonly ports: Ports,
    private readonly cluster: Cluster,
    private readonly api: FakeApiServer,
    private readonly secrets: readonly SecretSpec[],
  ) {
    // PostgreSQL runs as another user, who must get to its volumes.
    chmodSync(this.workspace.folder, 0o711);
  }

  /** Synthesizes the platform, and lets its own Job make the Secrets. */
  static async make(platform: Config = config): Promise<World> {
    const { files, secrets } = await synthesize(parseConfig(platform));
    const objects = files.flatMap((file) => file.objects);
    const numbers = await freePorts(portNames.length);
    const ports = Object.fromEntries(portNames.map((name, index) => [name, numbers[index]])) as Ports;
    const api = await FakeApiServer.start();
    for (const { namespace } of secrets) api.namespaces.add(namespace);
    const cluster = { objects, secrets: (id: string) => api.data(id) } as const;
    const given = { ...cluster, here: here(ports, '', ''), folder: '' };
    const world: World = new World(objects, ports, given, api, secrets);
    await world.makeSecrets();
    Object.assign(world.cluster, {
      folder: world.workspace.folder,
      here: here(ports, world.workspace.folder, world.kafkaHome()),
    });
    return world;
  }

  pod(kind: 'Deployment' | 'StatefulSet' | 'Job', name: string): Pod {
    return new Pod(this.cluster, kind, name);
  }

  secret(id: string): Record<string, string> {
    return this.api.data(id);
  }

  /** Deletes a Secret with all that are copied or derived from it, and lets the Job run again. */
  async replaceSecrets(id: string): Promise<void> {
    for (const spec of this.secrets) {
      const isDerived = Object.values(spec.keys)
        .flatMap(sourcesOf)
        .some((source) => nameOf(source) === id);
      if (isDerived || nameOf(spec) === id) this.api.remove(nameOf(spec));
    }
    await this.makeSecrets();
  }

  private async makeSecrets(): Promise<void> {
    const job = new CredentialsJob();
    try {
      const made = await job.run(this.api, this.secrets);
      if (made.code !== 0) throw new Error(`the Job that makes Secrets: ${made.stderr}`);
    } finally {
      job.dispose();
    }
  }

  start({ name, command: [program, ...args], env, cwd }: Launch): Program {
    return this.workspace.start(name, program, args, { env, cwd });
  }

  /** Runs a program to its end, however it ends. */
  async run(launch: Launch, seconds = 120): Promise<Outcome> {
    const program = this.start(launch);
    const before = program.log().length;
    await eventually(`${launch.name} ends`, () => !program.running(), { seconds });
    return { code: await program.ended, stdout: program.log().slice(before), stderr: '' };
  }

  /**
   * Runs every container of a Job, one after the other.
   *
   * @param env variables on top of those that its containers have
   */
  async runJob(name: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    const pod = this.pod('Job', name);
    let log = '';
    for (const container of pod.containers) {
      const launch = pod.launch(container.name);
      const { code, stdout } = await this.run({ ...launch, env: { ...launch.env, ...env } });
      if (code !== 0) throw new Error(`${name}/${container.name} ended with ${code ?? 'a signal'}:\n${stdout}`);
      log += stdout;
    }
    return log;
  }

  /**
   * Runs the init containers of a pod, starts its only container, and waits until its readiness probe passes.
   *
   * @param instead path of a program that is started in place of the container's own
   * @param env variables on top of those that its containers have
   */
  async serve(
    kind: 'Deployment' | 'StatefulSet',
    name: string,
    { instead, env = {} }: { readonly instead?: string; readonly env?: Readonly<Record<string, string>> } = {},
  ): Promise<Program> {
    const pod = this.pod(kind, name);
    const [main] = pod.containers.slice(-1);
    if (main === undefined) throw new Error(`${name} has no container`);
    const launchOf = (container: string): Launch => {
      const launch = pod.launch(container);
      return { ...launch, env: { ...launch.env, ...env } };
    };
    for (const { name: init } of pod.containers.slice(0, -1)) {
      const { code, stdout } = await this.run(launchOf(init));
      if (code !== 0) throw new Error(`${name}/${init} ended with ${code ?? 'a signal'}:\n${stdout}`);
    }
    const launch = launchOf(main.name);
    const [own, ...args] = launch.command;
    const program = this.start({ ...launch, command: [instead ?? own, ...args] });
    await eventually(`${name} is ready`, () => this.isReady(main, launch), { seconds: 180, program });
    return program;
  }

  /** What a detector needs around it: registry, object store and broker with its topic. Gives the broker. */
  async serveNeighbours(): Promise<Program> {
    await this.serve('StatefulSet', 'postgresql-mlflow');
    await this.serve('Deployment', 'minio');
    await this.runJob('minio-post-job');
    await this.serve('Deployment', 'mlflow-tracking-server');
    const broker = await this.serve('StatefulSet', 'kafka-controller');
    await this.runJob('topics');
    return broker;
  }

  /** A program of the tests, or of the example, as a process. */
  python(name: string, tool: Tool, args: readonly string[], env: Readonly<Record<string, string>> = {}): Launch {
    const folder = join(this.workspace.folder, name);
    mkdirSync(folder, { recursive: true });
    const python = join(folderOf(tool), 'python');
    const own = { PATH: `${folderOf(tool)}:/usr/bin:/bin`, HOME: folder, PYTHONUNBUFFERED: '1', ...env };
    return { name, command: [python, ...args], env: own, cwd: folder, local: (text) => text };
  }

  /** A text of the manifests as it is on this machine. */
  local(text: string): string {
    return replaceAll(text, this.cluster.here.addresses);
  }

  object(kind: string, name: string): Loose {
    return this.objects.find((object) => object.kind === kind && object.metadata.name === name);
  }

  async dispose(): Promise<void> {
    await this.workspace.dispose();
    await this.api.stop();
  }

  /** The readiness probe of a container, asked at its place on this machine. */
  private async isReady({ readinessProbe, ports: declared = [] }: Container, launch: Launch): Promise<boolean> {
    const { httpGet, tcpSocket, exec } = readinessProbe as Probe;
    if (exec !== undefined) {
      const [program = '', ...args] = exec.command;
      return (
        (await this.run({ ...launch, name: `${launch.name}-probe`, command: [program, ...args.map(launch.local)] }))
          .code === 0
      );
    }
    const named = (httpGet ?? tcpSocket)?.port;
    const number = declared.find(({ name }) => name === named)?.containerPort ?? named;
    const port = this.portOf(launch.name, Number(number));
    if (httpGet === undefined) {
      await fetchTcp(port);
      return true;
    }
    return (await fetch(`http://127.0.0.1:${port}${httpGet.path}`)).ok;
  }

  private portOf(program: string, port: number): number {
    const found = listening[program]?.[port];
    if (found === undefined) throw new Error(`${program}: nothing is known of port ${port} here`);
    return this.ports[found];
  }

  /** Kafka's folder: in place of its scripts those that start the same classes, from the jars in `KAFKA_LIBS`. */
  private kafkaHome(): string {
    const home = join(this.workspace.folder, 'kafka');
    mkdirSync(join(home, 'bin'), { recursive: true });
    // The heap is a share of what the pod may use, not of this machine.
    const java = `exec java -XX:MaxRAM=1g -XX:TieredStopAtLevel=1 $KAFKA_HEAP_OPTS $KAFKA_LOG4J_OPTS -cp "$KAFKA_LIBS/*"`;
    for (const [script, main] of [
      ['kafka-storage.sh', 'kafka.tools.StorageTool'],
      ['kafka-server-start.sh', 'kafka.Kafka'],
      ['kafka-features.sh', 'org.apache.kafka.tools.FeatureCommand'],
    ] as const) {
      writeFileSync(join(home, 'bin', script), `#!/bin/sh\n${java} ${main} "$@"\n`, { mode: 0o755 });
    }
    return home;
  }
}

/** A world for the tests of one file, which is gone after them; none where something is missing. */
export function temporaryWorld(missing: string, platform?: Config): () => World {
  let made: World | undefined;
  beforeAll(async () => {
    if (missing === '') made = await World.make(platform);
  });
  afterAll(async () => {
    await made?.dispose();
  });
  return () => {
    if (made === undefined) throw new Error('no world was made');
    return made;
  };
}

interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: string | number };
  readonly tcpSocket?: { readonly port: string | number };
  readonly exec?: { readonly command: readonly string[] };
}

/** Container → port in its pod → its name here. */
const listening: Readonly<Record<string, Readonly<Record<number, keyof Ports>>>> = {
  'minio-minio': { 9000: 'minio' },
  'kafka-controller-kafka': { 9092: 'kafka' },
  'mlflow-tracking-server-mlflow': { 5000: 'mlflow' },
  'prefect-server-prefect-server': { 4200: 'prefect' },
  'prefect-worker-worker': { 8080: 'worker' },
  'retraining-receiver': { 8080: 'retraining' },
  'drift-detector-creditcard-drift-detector': { 8000: 'detector' },
};

/** Resolves if something accepts connections. */
async function fetchTcp(port: number): Promise<void> {
  const { connect } = await import('node:net');
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.on('error', reject);
  });
}
