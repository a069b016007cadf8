import { join } from 'node:path';
import { projectRoot } from '../../../lib/project';
import { writeFiles } from '../../support/temporary';
import type { World } from './world';

const topic = 'predictions-creditcard';
const python = (file: string): string => join(__dirname, 'python', file);

/** A message on the topic: what it says of itself, and its body. */
export interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer | null;
}

const request = {
  type: 'io.seldon.serving.inference.request',
  'content-type': 'application/json',
  modelid: 'creditcard',
  endpoint: 'default',
};

/** A request as Seldon's executor writes it, some of its headers changed. */
export const message = (value: unknown, headers: Readonly<Record<string, string>> = {}): Message => ({
  headers: { ...request, ...headers },
  value: value === null || Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value)),
});

export const rows = (table: readonly (readonly unknown[])[]): Message => message({ data: { ndarray: table } });

/** Writes messages in order; each of them is on the broker when it resolves. */
export async function send(world: World, messages: readonly Message[]): Promise<void> {
  const lines = messages.map(({ headers, value }) =>
    JSON.stringify({ headers, value: value?.toString('base64') ?? null }),
  );
  const file = join(
    writeFiles(world.workspace.folder, { 'messages.jsonl': `${lines.join('\n')}\n` }),
    'messages.jsonl',
  );
  await produce(world, file);
}

/** Writes requests of random numbers: so many rows in all, so many in each, with so many features. */
export const sendMany = (world: World, count: number, batch: number, features: number): Promise<void> =>
  produce(world, 'creditcard', String(count), String(batch), String(features));

async function produce(world: World, ...what: readonly string[]): Promise<void> {
  const args = [python('produce.py'), `127.0.0.1:${world.ports.kafka}`, topic, ...what];
  const launch = world.python('produce', 'drift', args);
  const { code, stdout } = await world.run(launch, 3600);
  if (code !== 0) throw new Error(`the producer ended with ${code ?? 'a signal'}: ${stdout}`);
}

/**
 * Reads so many messages: the first number of each.
 *
 * @param group that reads from where it stands, and commits; by default they are read from the beginning, by nobody
 */
export async function read(world: World, count: number, group?: string): Promise<unknown[]> {
  const args = [python('read.py'), `127.0.0.1:${world.ports.kafka}`, topic, String(count)];
  const { code, stdout } = await world.run(
    world.python('read', 'drift', [...args, ...(group === undefined ? [] : [group])]),
  );
  if (code !== 0) throw new Error(`the reader ended with ${code ?? 'a signal'}: ${stdout}`);
  return JSON.parse(stdout) as unknown[];
}

export interface DetectorState {
  /** Offset up to which its group has committed. */
  readonly committed: number;
  /** Offset up to which the snapshot goes, and the first column of its window. */
  readonly snapshot: { readonly position: number; readonly rows: readonly number[] } | null;
}

/** What the detector has written outside itself. */
export async function stateOf(world: World): Promise<DetectorState> {
  const settings = JSON.parse(world.object('ConfigMap', 'drift-detector-creditcard').data['config.yaml']);
  const secret = world.secret('mlops-drift/drift-detector-creditcard');
  const store = `http://127.0.0.1:${world.ports.minio}`;
  const where = [`127.0.0.1:${world.ports.kafka}`, settings.kafka.topic, settings.kafka.groupId, settings.snapshot.uri];
  const env = { ...secret, PYTHONPATH: join(projectRoot, 'programs/drift/src') };
  const launch = world.python('state', 'drift', [python('state.py'), ...where, store], env);
  const { code, stdout } = await world.run(launch);
  if (code !== 0) throw new Error(stdout);
  return JSON.parse(stdout.trim().split('\n').pop() ?? '') as DetectorState;
}
