import type { KubernetesObject } from '../kubernetes/object';
import type { OutputFile } from '../output/collect';
import type { Connection } from '../graph/connection';
import type { SecretSpec } from '../graph/secret-spec';
import type { Declared } from './declared';
import type { External } from './external';

/** Where the images of an output may come from. */
export interface ImageSources {
  /** Registry that mirrors every image. @default those of the images' authors */
  readonly registry?: string;
  /** Whole references that the user has chosen, wherever they come from. */
  readonly chosen: readonly string[];
  /** Whole references of the images that the user builds. */
  readonly built: readonly string[];
  /** Whether a lock has the digests of all images, except those that the user builds. */
  readonly isLocked: boolean;
}

/** Everything that a rule may look at. */
export interface Output {
  readonly files: readonly OutputFile[];
  /** Secrets that exist before the platform starts, because a Job makes them or the user does. */
  readonly secrets: readonly SecretSpec[];
  readonly connections: readonly Pick<Connection, 'namespace' | 'props'>[];
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
