import type { FakeApiServer } from '../../support/fake-api-server';
import { copy, expectSuccess, lines, random, startServer } from './fixtures';
import { run } from './run';

let server: FakeApiServer;

beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.stop());

describe('what is not there yet', () => {
  /** Does something as soon as the program has been told no for the second time. */
  const afterSecondLook = (name: string, action: () => void) => {
    let looks = 0;
    server.before = (request) => {
      if (request.name === name && request.verb === 'get' && ++looks === 3) action();
      return undefined;
    };
  };

  test('waits for a namespace, and does the other Secrets meanwhile', async () => {
    server.namespaces.delete('late');
    afterSecondLook('a', () => server.namespaces.add('late'));
    const result = await run(server, [random('late/a'), random('data/b')]);
    expectSuccess(result);
    expect(lines(result.stdout).slice(0, 3)).toEqual([
      'waiting: late/a for namespace late to be created',
      'created data/b (keys password)',
      'created late/a (keys password)',
    ]);
  });

  test('waits for a namespace that is being deleted to be gone and created again', async () => {
    server.terminating.add('data');
    afterSecondLook('a', () => server.terminating.delete('data'));
    const result = await run(server, [random('data/a')]);
    expectSuccess(result);
    expect(lines(result.stdout)[0]).toBe(
      'waiting: data/a for namespace data, which is being deleted, to be gone and created again',
    );
  });

  test('waits for a Secret that is being deleted, and makes a new one', async () => {
    server.put(
      'data/a',
      { password: 'of the old one' },
      { metadata: { namespace: '', name: '', deletionTimestamp: 'now' } },
    );
    afterSecondLook('a', () => {
      server.remove('data/a');
    });
    const result = await run(server, [random('data/a')]);
    expectSuccess(result);
    expect(lines(result.stdout)[0]).toBe('waiting: data/a for its deletion to end');
    expect(server.data('data/a').password).not.toBe('of the old one');
  });

  test('waits for a Secret, and then a key, that somebody else creates', async () => {
    let looks = 0;
    server.before = ({ name, verb }) => {
      if (name === 'foreign' && verb === 'get') looks++;
      if (looks === 2) server.put('data/foreign', { other: 'x' });
      if (looks === 4) server.put('data/foreign', { password: 'of somebody else' });
      return undefined;
    };
    const result = await run(server, [copy('data/a', 'data/foreign'), random('data/b')]);
    expectSuccess(result);
    expect(server.data('data/a')).toEqual({ password: 'of somebody else' });
    expect(lines(result.stdout).slice(0, 3)).toEqual([
      'waiting: data/a for key password of data/foreign',
      'created data/b (keys password)',
      'created data/a (keys password)',
    ]);
    expect(server.writes.map(({ name }) => name)).not.toContain('foreign');
  });

  test('gives up at the deadline, and says what was missing', async () => {
    const result = await run(server, [copy('data/a', 'data/never'), copy('data/b', 'data/a'), random('data/c')], 1);
    expect(result.code).toBe(1);
    expect(lines(result.stderr)).toEqual([
      'error: data/a: still waits for key password of data/never, but the deadline of 1 s is over',
      'error: data/b: still waits for key password of data/a, but the deadline of 1 s is over',
    ]);
    expect(lines(result.stdout).at(-1)).toBe('3 Secrets: 1 created, 0 completed, 0 kept, 0 warnings, 2 problems');
  });

  test('does not wait for a source that nobody needs any more', async () => {
    server.put('data/a', { password: 'copied long ago' });
    const a = copy('data/a', 'data/gone');
    expectSuccess(await run(server, [{ ...a, keys: { ...a.keys, other: { random: 20 } } }]));
    expect(server.data('data/a')).toMatchObject({ password: 'copied long ago' });
    expect(server.data('data/a').other).toHaveLength(20);
  });
});
