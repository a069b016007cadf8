import type { World } from './world';

/** Registers version 1 of the model with these rows as its reference, as a client of MLflow does. */
export async function registerReference(world: World, name: string, csv: string): Promise<void> {
  const root = `http://127.0.0.1:${world.ports.mlflow}/api/2.0`;
  const call = async (method: string, path: string, body: string): Promise<void> => {
    const answer = await fetch(`${root}/${path}`, { method, body, headers: { 'content-type': 'application/json' } });
    if (!answer.ok) throw new Error(`${path}: status ${answer.status}: ${await answer.text()}`);
  };
  await call('PUT', `mlflow-artifacts/artifacts/${name}/artifacts/testing_dataset.csv`, csv);
  await call('POST', 'mlflow/registered-models/create', JSON.stringify({ name }));
  const source = `mlflow-artifacts:/${name}`;
  await call('POST', 'mlflow/model-versions/create', JSON.stringify({ name, source }));
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
