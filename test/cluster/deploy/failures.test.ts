import { Failures } from '../../../cluster/deploy/failures';
import { object } from '../../support/live-object';

describe('what an operator calls failed', () => {
  const server = object('example.org/v1', 'Server', 'main');
  const other = object('v1', 'ConfigMap', 'other');
  let ahead = 0;
  const now = performance.now.bind(performance);
  beforeEach(() => {
    ahead = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => now() + ahead);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test('has failed when it stays so for a minute', () => {
    const failures = new Failures();
    expect(failures.isFinal(server, 'failing')).toBe(false);
    ahead = 50_000;
    expect(failures.isFinal(server, 'failing')).toBe(false);
    expect(failures.isFinal(other, 'failing')).toBe(false);
    ahead = 60_000;
    expect([failures.isFinal(server, 'failing'), failures.isFinal(other, 'failing')]).toEqual([true, false]);
  });

  test('has not failed when a later attempt went better', () => {
    const failures = new Failures();
    failures.isFinal(server, 'failing');
    ahead = 50_000;
    expect(failures.isFinal(server, 'unready')).toBe(false);
    ahead = 70_000;
    expect(failures.isFinal(server, 'failing')).toBe(false);
  });

  test('is told at once where nobody tries again', () => {
    expect(new Failures().isFinal(object('batch/v1', 'Job', 'x'), 'failed')).toBe(true);
  });
});
