import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, type Program } from '../cluster/workspace';
import { imageOf } from './images';
import type { Launch } from './pod';
import type { World } from './world';

const python = (file: string): string => join(__dirname, 'python', file);

/** The predictor of the model, as its SeldonDeployment has it. */
function predictorOf(world: World) {
  const { metadata, spec } = world.object('SeldonDeployment', 'creditcard');
  const [predictor] = spec.predictors;
  return { sdep: metadata, predictor, graph: predictor.graph };
}

/**
 * Runs the storage initializer as Seldon's operator does: with the URI, a folder, and the Secret as environment.
 *
 * @param uri of another model than the platform serves
 */
export async function fetchModel(world: World, uri?: string): Promise<string> {
  const { sdep, graph } = predictorOf(world);
  const folder = join(world.workspace.folder, uri?.replace(/\W+/g, '-') ?? 'model');
  mkdirSync(folder, { recursive: true });
  const image = imageOf(graph.storageInitializerImage);
  const [program = '', ...args] = image.entrypoint;
  const secret = Object.entries(world.secret(`${sdep.namespace}/${graph.envSecretRefName}`));
  const env = Object.fromEntries(secret.map(([name, value]) => [name, world.local(value)]));
  const { code, stdout } = await world.run({
    name: 'model-initializer',
    command: [program, ...args, uri ?? graph.modelUri, folder],
    env: { ...image.env, ...env, ...image.added, PATH: `${image.path.join(':')}:/usr/bin:/bin` },
    cwd: folder,
    local: (text) => text,
  });
  if (code !== 0) throw new Error(`model-initializer ended with ${code ?? 'a signal'}: ${stdout}`);
  return folder;
}

/** Waits until a program answers at a path. */
const answers = (program: Program, path: string): Promise<void> =>
  eventually(`${program.name} answers`, async () => (await fetch(`http://127.0.0.1:${path}`)).ok, {
    seconds: 120,
    program,
  });

/** Starts the model and what writes its requests to Kafka; gives its URL. */
export async function serveModel(world: World, folder: string): Promise<string> {
  const { predictor } = predictorOf(world);
  const { model, executor } = world.ports;
  await answers(
    world.start(world.python('model-server', 'served', [python('model_server.py'), folder, String(model)])),
    `${model}/health/ping`,
  );
  const variables = predictor.svcOrchSpec.env as { name: string; value: string }[];
  const env = Object.fromEntries(variables.map(({ name, value }) => [name, world.local(value)]));
  const launch = executorOf(world);
  await answers(world.start({ ...launch, env: { ...launch.env, ...env } }), `${executor}/ready`);
  return `http://127.0.0.1:${executor}`;
}

/**
 * Starts MLServer with the model, as Seldon's operator would (seldon-core 1.17.1, mlserver.go); gives its URL. It is
 * stopped by the caller.
 */
export async function serveWithMlserver(
  world: World,
  folder: string,
): Promise<{ readonly url: string; readonly program: Program }> {
  const { mlserver, mlserverGrpc, mlserverMetrics } = world.ports;
  const launch = world.python(
    'mlserver',
    'mlserver',
    ['-c', 'from mlserver.cli import main; main()', 'start', folder],
    {
      MLSERVER_HOST: '127.0.0.1',
      MLSERVER_HTTP_PORT: String(mlserver),
      MLSERVER_GRPC_PORT: String(mlserverGrpc),
      MLSERVER_METRICS_PORT: String(mlserverMetrics),
      MLSERVER_MODEL_IMPLEMENTATION: 'mlserver_mlflow.MLflowRuntime',
      MLSERVER_MODEL_NAME: 'creditcard',
      MLSERVER_MODEL_VERSION: 'v1',
      MLSERVER_MODEL_URI: folder,
    },
  );
  const program = world.start(launch);
  await answers(program, `${mlserver}/v2/models/creditcard/ready`);
  return { url: `http://127.0.0.1:${mlserver}`, program };
}

/**
 * Seldon's executor, or what stands for it, as its operator starts it (seldon-core 1.17.1, seldondeployment_engine.go), with
 * the endpoint that the operator's webhook fills in. Seldon's own listens on every interface, and offers no choice.
 */
function executorOf(world: World): Launch {
  const { sdep, predictor, graph } = predictorOf(world);
  const { executor, executorGrpc, model } = world.ports;
  const endpoint = { type: 'REST', service_host: '127.0.0.1', service_port: model, httpPort: model };
  const filled = { ...predictor, graph: { ...graph, endpoint } };
  const args = [
    ...['--sdep', sdep.name, '--namespace', sdep.namespace, '--predictor', predictor.name],
    ...['--http_port', String(executor), '--grpc_port', String(executorGrpc)],
    ...['--protocol', 'seldon', '--transport', 'rest', '--prometheus_path', '/prometheus', '--server_type', 'rpc'],
  ];
  const variables = { ENGINE_PREDICTOR: Buffer.from(JSON.stringify(filled)).toString('base64') };
  const { MLOPS_SELDON_EXECUTOR: program } = process.env;
  if (program === undefined) {
    const env = { ...variables, EXECUTOR_HOST: '127.0.0.1' };
    return world.python('executor', 'drift', [python('executor.py'), ...args], env);
  }
  const folder = world.workspace.folder;
  const env = { ...variables, HOME: folder };
  return { name: 'executor', command: [program, ...args], env, cwd: folder, local: (text) => text };
}
