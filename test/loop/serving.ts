import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, type Program } from '../cluster/workspace';
import { imageOf } from './images';
import type { World } from './world';

const python = (file: string): string => join(__dirname, 'python', file);

/** The predictor of the model, as its SeldonDeployment has it. */
function predictorOf(world: World) {
  const { metadata, spec } = world.object('SeldonDeployment', 'creditcard');
  const [predictor] = spec.predictors;
  return { sdep: metadata, predictor, graph: predictor.graph };
}

/** Runs the storage initializer as Seldon's operator does: with the URI, a folder, and the Secret as environment. */
export async function fetchModel(world: World): Promise<string> {
  const { sdep, graph } = predictorOf(world);
  const folder = join(world.workspace.folder, 'model');
  mkdirSync(folder, { recursive: true });
  const image = imageOf(graph.storageInitializerImage);
  const [program = '', ...args] = image.entrypoint;
  const secret = Object.entries(world.secret(`${sdep.namespace}/${graph.envSecretRefName}`));
  const env = Object.fromEntries(secret.map(([name, value]) => [name, world.local(value)]));
  const { code, stdout } = await world.run({
    name: 'model-initializer',
    command: [program, ...args, graph.modelUri, folder],
    env: { ...image.env, ...env, ...image.added, PATH: `${image.path.join(':')}:/usr/bin:/bin` },
    cwd: folder,
    local: (text) => text,
  });
  if (code !== 0) throw new Error(`model-initializer ended with ${code ?? 'a signal'}: ${stdout}`);
  return folder;
}

/** Starts the model and what writes its requests to Kafka; gives its URL. */
export async function serveModel(world: World, folder: string): Promise<string> {
  const { sdep, predictor, graph } = predictorOf(world);
  const { model, executor } = world.ports;
  const answers = (program: Program, port: number): Promise<void> =>
    eventually(`${program.name} answers`, async () => (await fetch(`http://127.0.0.1:${port}/ready`)).ok, { program });

  await answers(
    world.start(world.python('model-server', 'creditcard', [python('model_server.py'), folder, String(model)])),
    model,
  );
  const variables = predictor.svcOrchSpec.env as { name: string; value: string }[];
  const env = Object.fromEntries(variables.map(({ name, value }) => [name, world.local(value)]));
  const names = [sdep.name, sdep.namespace, predictor.name, graph.name, graph.logger.mode];
  const args = [python('executor.py'), String(executor), String(model), ...names];
  await answers(world.start(world.python('executor', 'drift', args, env)), executor);
  return `http://127.0.0.1:${executor}`;
}
