import { join } from 'node:path';
import { projectRoot } from '../../../lib/project';
import type { Outcome } from '../../support/cli';
import type { Loose } from '../../support/config';
import type { World } from './world';

const example = join(projectRoot, 'examples/creditcard');

/** Runs a module of the example, with what a flow run finds in its environment. */
export async function runExample(world: World, args: readonly string[], seconds = 180): Promise<Outcome> {
  const launch = world.python('example', 'creditcard', args, { ...flowEnvironment(world), PYTHONPATH: example });
  return world.run(launch, seconds);
}

/** What the block `kubernetes-job/platform` gives a flow run: its own variables, and those of the Secrets that it names. */
function flowEnvironment(world: World): Record<string, string> {
  const { blocks } = JSON.parse(world.object('ConfigMap', 'prefect-flows').data['settings.json']);
  const { data } = blocks.find(({ type }: { type: string }) => type === 'kubernetes-job');
  const [container] = data.job.spec.template.spec.containers;
  const secrets = container.envFrom.map(({ secretRef }: { secretRef: { name: string } }) =>
    world.secret(`mlops-prefect/${secretRef.name}`),
  );
  const all: Record<string, string> = Object.assign({}, ...secrets, data.env);
  const local = Object.fromEntries(Object.entries(all).map(([name, value]) => [name, world.local(value)]));
  return { ...local, HOME: world.workspace.folder, PREFECT_API_URL: prefectApi(world) };
}

const prefectApi = (world: World): string => `http://127.0.0.1:${world.ports.prefect}/api`;

/** Asks Prefect's API; with a body it is a POST. */
export async function prefect(world: World, path: string, body?: object): Promise<Loose> {
  const answer = await fetch(`${prefectApi(world)}${path}`, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: { 'content-type': 'application/json' },
  });
  if (!answer.ok) throw new Error(`${path}: status ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

/** Runs what the agent's Job would run. Fails where the flow run does. */
export async function runFlow(world: World, flowRun: string): Promise<void> {
  const { stdout } = await runFlowEngine(world, flowRun);
  const { state } = await prefect(world, `/flow_runs/${flowRun}`);
  if (state.name !== 'Completed') throw new Error(`flow run ${flowRun}: ${state.name}\n${stdout}`);
}

const runFlowEngine = (world: World, flowRun: string): Promise<Outcome> =>
  world.run(
    // A folder of its own: the run copies the deployment's files into where it starts. prefect 2.10.4, engine.py.
    world.python(`flow-${flowRun}`, 'creditcard', ['-m', 'prefect.engine'], {
      ...flowEnvironment(world),
      PREFECT__FLOW_RUN_ID: flowRun,
    }),
    180,
  );

/** Asks MLflow's API. */
export async function mlflow(world: World, path: string): Promise<Loose> {
  const answer = await fetch(`http://127.0.0.1:${world.ports.mlflow}/api/2.0/mlflow/${path}`);
  return answer.json();
}
