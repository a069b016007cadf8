import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterApi } from './api';
import { ApiError, malformed } from './api-error';
import { TimeLimit } from './time-limit';
import { chosenTarget, openProxy, type ClusterChoice, type Target } from './kubectl';

/** Milliseconds to wait for the first answer. A cluster that does not exist should be reported soon. */
const firstContact = 10_000;

/**
 * Waits for the API server and returns its version, such as `v1.31.2`. Throws an error for the user where it does not
 * answer, or rejects the credentials.
 */
export async function connect(api: ClusterApi, { name, server }: Target, stop: AbortSignal): Promise<string> {
  const timeLimit = new TimeLimit(firstContact, stop);
  for (;;) {
    try {
      const signal = AbortSignal.any([stop, AbortSignal.timeout(firstContact)]);
      const answer = await api.send('GET', '/version', { signal });
      if (typeof answer.gitVersion === 'string') return answer.gitVersion;
      throw malformed(200, 'GET /version', 'a version', JSON.stringify(answer));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 401) {
        throw new Error(
          `The cluster of ${name} does not accept your credentials: ${error.message} (log in again, or choose another --context).`,
        );
      }
      if (!error.transient || timeLimit.over) {
        throw new Error(
          `No cluster answers for ${name}${server === undefined ? '' : `, ${server}`}: ${error.message}. Is it running? Choose another one with --context.`,
        );
      }
      await sleep(500);
    }
  }
}

/**
 * Uses the selected cluster, and leaves it.
 *
 * @param use gets a line about the cluster, too
 */
export async function withCluster<Result>(
  choice: ClusterChoice,
  stop: AbortSignal,
  use: (api: ClusterApi, about: string) => Promise<Result>,
): Promise<Result> {
  const target = await chosenTarget(choice);
  const proxy = await openProxy(choice);
  const api = new ClusterApi(proxy.socket);
  try {
    const version = await connect(api, target, stop);
    const where = target.server === undefined ? '' : ` at ${target.server}`;
    return await use(api, `${target.name}: Kubernetes ${version}${where}`);
  } finally {
    api.close();
    proxy.close();
  }
}
