import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from '../../lib/pool';

test('tasks start in the order in which they come, and never more run at once than allowed', async () => {
  const pool = new Pool(2);
  const started: number[] = [];
  let atWork = 0;
  let most = 0;
  const task = (index: number) => async (): Promise<number> => {
    started.push(index);
    most = Math.max(most, (atWork += 1));
    await wait((index * 7) % 5);
    atWork -= 1;
    return index;
  };
  const all = [0, 1, 2, 3, 4, 5, 6, 7];
  await expect(Promise.all(all.map((index) => pool.run(task(index))))).resolves.toEqual(all);
  expect(started).toEqual(all);
  expect(most).toBe(2);
});

test('the next task starts before the caller of the last one goes on, even if that one failed', async () => {
  const pool = new Pool(1);
  const events: string[] = [];
  const first = pool.run(() => Promise.reject(new Error('first'))).catch(() => events.push('told of the first'));
  const second = pool.run(() => Promise.resolve(events.push('second at work')));
  await Promise.all([first, second]);
  expect(events).toEqual(['second at work', 'told of the first']);
});
