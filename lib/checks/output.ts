import type { ImageSources } from '../images/sources';
import type { KubernetesObject } from '../kubernetes/object';
import type { OutputFile } from '../output/collect';
import type { ConnectionProps } from '../graph/connection';
import type { SecretSpec } from '../graph/secret-spec';
import type { Declared } from './declared';
import type { External } from './external';

/** Everything that a rule may look at. */
export interface Output {
  readonly files: readonly OutputFile[];
  /** Secrets that exist before the platform starts, because a Job makes them or the user does. */
  readonly secrets: readonly SecretSpec[];
  readonly connections: readonly ConnectionProps[];
  /** DNS domain of the cluster, such as `cluster.local`. */
  readonly domain: string;
  /** Names of the Secrets that every pod pulls images with; they exist in every namespace. */
  readonly pullSecrets: readonly string[];
  readonly images: ImageSources;
  /** What exists without the platform. */
  readonly external: External;
  /** What services declare of themselves. */
  readonly declared: Declared;
}

export const objectsOf = (output: Output): readonly KubernetesObject[] => output.files.flatMap((file) => file.objects);
