import { eventually, type Program } from '../cluster/workspace';
import { Detector } from './detector';
import { without } from './equipment';
import { numbers, registerReference } from './reference';
import { message, type Message, rows, send, stateOf } from './stream';
import { temporaryWorld, watched, type World } from './world';

// What the detector promises when something goes wrong: programs/drift/README.md, "Guarantee".

const missing = without('postgresql', 'kafka', 'silo', 'mc', 'mlflow', 'drift');
const given = missing === '' ? test : test.skip;
const window = 500;
/** Rows that it keeps: window.consecutive, programs/drift/README.md. */
const held = 2 * window;

const theWorld = temporaryWorld(missing, watched({ detectors: ['mmd', 'ks', 'psi', 'chi2', 'adwin'], window }));
let world: World;
let broker: Program;
let detector: Detector;
/** Messages on the topic, and rows in them that a detector can use. */
let sent = 0;
let counted = 0;

const random = numbers(7);
const channels = ['web', 'shop', 'phone'];
const channel = (weights: readonly number[]): string => {
  const at = random.next().value;
  return channels[weights.findIndex((weight) => at < weight)] ?? 'phone';
};
const everyday = [0.6, 0.9, 1];
const row = (number: number, weights = everyday): unknown[] => [number, random.next().value, channel(weights)];

async function put(messages: readonly Message[], usable = messages.length): Promise<void> {
  sent += messages.length;
  counted += usable;
  await send(world, messages);
}

/** Requests of one row each, which are numbered from the first that was ever sent. */
const numbered = (count: number): Message[] =>
  Array.from({ length: count }, (_, index) => rows([row(counted + index)]));

const committed = (): Promise<void> =>
  eventually('everything is committed', async () => (await stateOf(world)).committed === sent, {
    program: detector.program,
  });

/** Ends the detector as a pod is ended, and expects the last rows in its snapshot: all of them, in order, once. */
async function expectWindow(): Promise<void> {
  await detector.program.stop('SIGTERM');
  expect(await detector.program.ended).toBe(0);
  const { committed: offset, snapshot } = await stateOf(world);
  expect({ offset, position: snapshot?.position }).toEqual({ offset: sent, position: sent });
  expect(snapshot?.rows).toEqual(Array.from({ length: held }, (_, index) => counted - held + index));
}

beforeAll(async () => {
  if (missing !== '') return;
  world = theWorld();
  broker = await world.serveNeighbours();
  const reference = Array.from({ length: 2000 }, (_, index) => row(index).join(','));
  await registerReference(world, 'creditcard', ['n,x,channel', ...reference, ''].join('\n'));
  detector = await Detector.start(world);
});

const drifting = async (name: string, feature: string): Promise<number> =>
  detector.value('drift_detected', { detector: name, feature });

given(`a category that is asked for more often is drift for chi2, and no category that is not${missing}`, async () => {
  await put(numbered(window));
  await detector.hasSeen(counted);
  expect(await drifting('chi2', 'channel')).toBe(0);
  await put(Array.from({ length: held }, (_, index) => rows([row(counted + index, [0.2, 0.4, 1])])));
  await detector.hasSeen(counted);
  expect(await drifting('chi2', 'channel')).toBe(1);
  await put(numbered(held));
  await detector.hasSeen(counted);
  expect(await drifting('chi2', 'channel')).toBe(0);
});

given(`poison is counted by its reason, committed, and stops nothing${missing}`, async () => {
  const wide = Array.from({ length: 100_000 }, () => 0.5);
  await put(
    [
      message(Buffer.from('{"data": {"ndarray": [[')),
      message(Buffer.from([0xff, 0x00, 0xfe])),
      message(Buffer.from('['.repeat(100_000))),
      message(null),
      message({ strange: true }),
      rows([[1, 2]]),
      rows([wide]),
      rows([[1, 'not a number', 'web']]),
      rows([[1, 2, ['web']]]),
      message(Buffer.from('binary'), { 'content-type': 'application/protobuf' }),
      { headers: {}, value: Buffer.from('{}') },
      { ...rows([row(0)]), headers: { type: 'io.example.other' } },
      message({ data: { ndarray: [row(0)] } }, { modelid: 'another' }),
    ],
    0,
  );
  await put(numbered(10));
  await detector.hasSeen(counted);
  await committed();
  const rejected = async (kind: 'messages' | 'rows', reason: string): Promise<number> =>
    detector.value(`drift_${kind}_rejected_total`, { reason });
  expect(await rejected('messages', 'invalid_json')).toBe(3);
  expect(await rejected('messages', 'empty')).toBe(1);
  expect(await rejected('messages', 'unsupported_payload')).toBe(1);
  expect(await rejected('messages', 'protobuf')).toBe(1);
  expect(await rejected('rows', 'wrong_width')).toBe(2);
  expect(await rejected('rows', 'not_a_number')).toBe(1);
  expect(await rejected('rows', 'not_a_category')).toBe(1);
  expect(await detector.value('drift_messages_skipped_total', { reason: 'type' })).toBe(2);
  expect(await detector.value('drift_messages_skipped_total', { reason: 'modelid' })).toBe(1);
  expect(await detector.value('drift_rows_seen_total')).toBe(counted);
});

given(
  `a detector that is killed counts nothing again that it had committed, and has its window back${missing}`,
  async () => {
    await committed();
    await detector.program.stop('SIGKILL');
    detector = await Detector.start(world);
    await eventually('the window is full', async () => (await detector.value('drift_window_rows')) === window);
    // Nothing is seen, so there is no series, or it is 0.
    expect((await detector.value('drift_rows_seen_total')) || 0).toBe(0);
  },
);

given(`a detector that is killed while it reads loses nothing${missing}`, async () => {
  for (let round = 0; round < 3; round++) {
    const arriving = put(numbered(5000));
    await eventually('some rows are seen', async () => (await detector.value('drift_rows_seen_total')) > 0);
    await detector.program.stop('SIGKILL');
    await arriving;
    expect((await stateOf(world)).committed).toBeLessThan(sent);
    detector = await Detector.start(world);
  }
  await committed();
  await expectWindow();
});

given(`a broker that is killed in the middle costs no row and counts none twice${missing}`, async () => {
  detector = await Detector.start(world);
  const arriving = put(numbered(20_000));
  await eventually('some rows are seen', async () => (await detector.value('drift_rows_seen_total')) > 1000);
  await broker.stop('SIGKILL');
  await eventually('the loss is noticed', async () => (await detector.value('drift_kafka_errors_total')) > 0);
  broker = await world.serve('StatefulSet', 'kafka-controller');
  await arriving;
  await detector.hasSeen(20_000, 'drift_rows_seen_total', 120);
  expect(await detector.value('drift_rows_seen_total')).toBe(20_000);
  await committed();
  await expectWindow();
});
