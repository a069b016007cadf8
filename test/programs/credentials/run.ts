import type { SecretSpec } from '../../../lib/graph/secret-spec';
import { Api } from '../../../programs/credentials/api';
import { Deadline } from '../../../programs/credentials/deadline';
import { Reconciler } from '../../../programs/credentials/reconcile';
import { Secrets } from '../../../programs/credentials/secrets';
import { validateSpecs } from '../../../programs/credentials/specs';
import { expectDiscretion, type JobResult } from '../../support/credentials-job';
import type { FakeApiServer } from '../../support/fake-api-server';
import { FakeClock } from '../../support/fake-clock';

/** Does in this process, and without waiting for pauses, what main.ts does in the cluster. @param seconds until it gives up */
export async function run(server: FakeApiServer, list: readonly SecretSpec[], seconds = 300): Promise<JobResult> {
  expect(validateSpecs(list)).toEqual([]);
  const clock = new FakeClock(true);
  // Otherwise a pause may end just before the deadline, and leave a request no time.
  const jitter = jest.spyOn(Math, 'random').mockReturnValue(0.5);
  let [stdout, stderr] = ['', ''];
  const say = (line: string) => void (stdout += `${line}\n`);
  const warn = (line: string) => void (stderr += `${line}\n`);
  try {
    const deadline = new Deadline(seconds, new AbortController().signal);
    const { KUBERNETES_SERVICE_HOST: host = '', CREDENTIALS_ACCOUNT: account = '' } = server.env;
    const api = new Api({ host, port: String(server.port), account, deadline, say });
    const isComplete = await new Reconciler(new Secrets(api), deadline, { say, warn }).run(list);
    const result = { code: isComplete ? 0 : 1, stdout, stderr };
    expectDiscretion(server, list, result);
    return result;
  } finally {
    clock.restore();
    jitter.mockRestore();
  }
}
