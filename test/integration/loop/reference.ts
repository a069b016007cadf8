import type { World } from './world';

/** Registers version 1 of the model with these rows as its reference, as a client of MLflow does. */
export async function registerReference(world: World, name: string, csv: string): Promise<void> {
  const root = `http://127.0.0.1:${world.ports.mlflow}/api/2.0`;
  const call = async (method: string, path: string, body: string): Promise<string> => {
    const answer = await fetch(`${root}/${path}`, { method, body, headers: { 'content-type': 'application/json' } });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: status ${answer.status}: ${text}`);
    return text;
  };
  const { run } = JSON.parse(await call('POST', 'mlflow/runs/create', '{ "experiment_id": "0" }'));
  const source = `${run.info.artifact_uri}/${name}`;
  const folder = source.replace(/^mlflow-artifacts:\/+/, '');
  await call('PUT', `mlflow-artifacts/artifacts/${folder}/artifacts/testing_dataset.csv`, csv);
  await call('POST', 'mlflow/registered-models/create', JSON.stringify({ name }));
  await call('POST', 'mlflow/model-versions/create', JSON.stringify({ name, source, run_id: run.info.run_id }));
}

/** Numbers from 0 to 1 that are the same each time (mulberry32). */
export function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    yield ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
