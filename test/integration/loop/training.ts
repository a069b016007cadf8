import { join } from 'node:path';
import { projectRoot } from '../../../lib/project';
import type { Outcome } from '../../support/cli';
import type { Loose } from '../../support/config';
import type { World } from './world';

const example = join(projectRoot, 'examples/creditcard');

/** Runs a module of the example, with what a flow run finds in its environment. */
export async function runExample(world: World, args: readonly string[], seconds = 180): Promise<Outcome> {
  return world.run(world.python('example', 'creditcard', args, flowEnvironment(world)), seconds);
}

/** What the work pool gives a flow run: its own variables, those of the Secrets that it names, and the worker's. */
function flowEnvironment(world: World): Record<string, string> {
  const { workPool } = JSON.parse(world.object('ConfigMap', 'prefect-flows').data['settings.json']);
  const { variables, job_configuration: template } = workPool.baseJobTemplate;
  const [container] = template.job_manifest.spec.template.spec.containers;
  const secrets = container.envFrom.map(({ secretRef }: { secretRef: { name: string } }) =>
    world.secret(`mlops-flows/${secretRef.name}`),
  );
  const all: Record<string, string> = Object.assign({}, ...secrets, variables.properties.env.default);
  const local = Object.fromEntries(Object.entries(all).map(([name, value]) => [name, world.local(value)]));
  return {
    ...local,
    HOME: world.workspace.folder,
    PREFECT_API_URL: prefectApi(world),
    PREFECT_API_AUTH_STRING: prefectLogin(world),
    PYTHONPATH: example, // As the image has it.
  };
}

const prefectLogin = (world: World): string => world.secret('mlops-prefect/prefect-login')['auth-string'] ?? '';

const prefectApi = (world: World): string => `http://127.0.0.1:${world.ports.prefect}/api`;

/** Asks Prefect's API; with a body it is a POST. */
export async function prefect(world: World, path: string, body?: object): Promise<Loose> {
  const answer = await fetch(`${prefectApi(world)}${path}`, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(prefectLogin(world)).toString('base64')}`,
    },
  });
  if (!answer.ok) throw new Error(`${path}: status ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

/** Runs what the worker's Job would run. Fails where the flow run does. */
export async function runFlow(world: World, flowRun: string): Promise<void> {
  const { stdout } = await runFlowEngine(world, flowRun);
  const { state } = await prefect(world, `/flow_runs/${flowRun}`);
  if (state.name !== 'Completed') throw new Error(`flow run ${flowRun}: ${state.name}\n${stdout}`);
}

const runFlowEngine = (world: World, flowRun: string): Promise<Outcome> =>
  world.run(
    // The Job's command (prefect-kubernetes 0.8.0, worker.py): prefect flow-run execute.
    world.python(`flow-${flowRun}`, 'creditcard', ['-m', 'prefect', 'flow-run', 'execute'], {
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
