import type { LiveObject } from '../../lib/kubernetes/live-object';
import { nameOf } from '../../programs/credentials/values';
import { inParallel, type ClusterApi } from '../api/api';
import { ApiError } from '../api/api-error';
import type { Managed } from './managed';
import { rotatedAnnotation, rotatingAnnotation } from './stored';

/** What a cluster knows about a Secret. */
export type State =
  | { readonly kind: 'missing' | 'hidden' }
  | {
      readonly kind: 'there';
      /** Milliseconds since its values were made or last rotated. */
      readonly age: number;
      /** When the rotation began that is not complete. */
      readonly rotating?: string;
    };

/** The state of each Secret, by its name. */
export async function statesOf(
  api: ClusterApi,
  secrets: readonly Managed[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, State>> {
  const states = await inParallel(
    secrets,
    async ({ spec }) => [nameOf(spec), await stateOf(api, spec, signal)] as const,
  );
  return new Map(states);
}

async function stateOf(api: ClusterApi, { namespace, name }: Managed['spec'], signal: AbortSignal): Promise<State> {
  let live: LiveObject | undefined;
  try {
    live = await api.get(
      `/api/v1/namespaces/${namespace}/secrets/${name}`,
      { apiVersion: 'v1', kind: 'Secret' },
      { signal },
    );
  } catch (error) {
    if (error instanceof ApiError && error.code === 403) return { kind: 'hidden' };
    throw error;
  }
  if (live === undefined) return { kind: 'missing' };
  const { annotations = {}, creationTimestamp = '' } = live.metadata;
  const made = Date.parse(annotations[rotatedAnnotation] ?? creationTimestamp);
  return { kind: 'there', age: api.now().getTime() - made, rotating: annotations[rotatingAnnotation] };
}
