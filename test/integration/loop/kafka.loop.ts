import { join } from 'node:path';
import type { Program } from '../cluster/workspace';
import { writeFiles } from '../../support/temporary';
import { runDocumented } from './documented';
import { folderOf, without } from './equipment';
import { read, rows, send } from './stream';
import { temporaryWorld, watched, type World } from './world';

const missing = without('kafka', 'kafkaBefore', 'drift');
const given = missing === '' ? test : test.skip;
const group = 'half';
const section = 'Kafka 3.7.2 → 4.4.0';

describe('the disk of a broker that Kafka 3.7.2 has written', () => {
  const theWorld = temporaryWorld(missing, watched({ detectors: ['ks'], window: 500 }));
  let world: World;
  let broker: Program;
  let sent = 0;

  /** Sends messages with the numbers that come next. */
  async function sendNext(count: number): Promise<void> {
    await send(
      world,
      numbers(sent, count).map((number) => rows([[number]])),
    );
    sent += count;
  }
  const numbers = (first: number, count: number): number[] =>
    Array.from({ length: count }, (_, index) => first + index);

  const serve = (env: Record<string, string> = {}) => world.serve('StatefulSet', 'kafka-controller', { env });
  const serveBefore = (): Promise<Program> =>
    serve({
      KAFKA_LIBS: folderOf('kafkaBefore'),
      KAFKA_LOG4J_OPTS: `-Dlog4j.configuration=file:${join(world.workspace.folder, 'log4j.properties')}`,
    });
  const end = (): Promise<void> => broker.stop('SIGTERM');
  /** The release whose formats the disk has. */
  async function release(): Promise<string | undefined> {
    const launch = world.pod('StatefulSet', 'kafka-controller').launch();
    const [program, ...args] = ['/opt/kafka/bin/kafka-features.sh', '--bootstrap-server', 'localhost:9092', 'describe'];
    const command = [launch.local(program), ...args.map(launch.local)] as const;
    const { stdout } = await world.run({ ...launch, name: 'features', command });
    return /metadata\.version.*FinalizedVersionLevel: (\S+)-IV/.exec(stdout)?.[1];
  }

  beforeAll(async () => {
    if (missing !== '') return;
    world = theWorld();
    // As its pod had it: the properties of the server have not changed since, its logs' have.
    writeFiles(world.workspace.folder, {
      'log4j.properties':
        'log4j.rootLogger=INFO, stdout\nlog4j.appender.stdout=org.apache.log4j.ConsoleAppender\n' +
        'log4j.appender.stdout.layout=org.apache.log4j.PatternLayout\n',
    });
    broker = await serveBefore();
    await world.runJob('topics');
    await sendNext(100);
    expect(await read(world, 50, group)).toEqual(numbers(0, 50));
  });

  given(`is opened as it is: old messages are read, and a group goes on where it was${missing}`, async () => {
    await end();
    broker = await serve();
    expect(await read(world, sent)).toEqual(numbers(0, 100));
    expect(await read(world, 25, group)).toEqual(numbers(50, 25));
    expect(await release()).toBe('3.7');
  });

  given(`takes new messages behind the old ones${missing}`, async () => {
    await world.runJob('topics');
    await sendNext(10);
    expect(await read(world, sent)).toEqual(numbers(0, 110));
  });

  given(`is opened by Kafka 3.7.2 again, with what was written since${missing}`, async () => {
    await end();
    broker = await serveBefore();
    expect(await read(world, sent)).toEqual(numbers(0, 110));
  });

  given(
    `is brought to the new release by the documented command, and the broker restarts on it${missing}`,
    async () => {
      await end();
      broker = await serve();
      await runDocumented(world, section, 'kafka-features.sh');
      expect(await release()).toBe('4.4');
      await end();
      broker = await serve();
      await sendNext(10);
      expect(await read(world, sent)).toEqual(numbers(0, 120));
      expect(await read(world, 45, group)).toEqual(numbers(75, 45));
    },
  );

  given(`is refused by Kafka 3.7.2 from then on${missing}`, async () => {
    await end();
    await expect(serveBefore()).rejects.toThrow(/kafka-controller-kafka ended[^]*UnsupportedVersionException/);
  });
});
