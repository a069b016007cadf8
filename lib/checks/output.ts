import type { KubernetesObject } from '../kubernetes-object';
import type { OutputFile } from '../output/collect';
import type { Connection } from '../wiring/connection';
import type { SecretSpec } from '../wiring/secret-spec';

/** Everything that a rule may look at. */
export interface Output {
  readonly files: readonly OutputFile[];
  /** Secrets that exist before the platform starts, because a Job makes them or the user does. */
  readonly secrets: readonly SecretSpec[];
  readonly connections: readonly Connection[];
  /** DNS domain of the cluster, such as `cluster.local`. */
  readonly domain: string;
  /** Names of the Secrets that every pod pulls images with; they exist in every namespace. */
  readonly pullSecrets: readonly string[];
  /** Secrets that the user's exposures name, such as TLS certificates, as `namespace/name`. */
  readonly userSecrets: readonly string[];
}

/** A rule over the complete output: one line per violation, `Kind/namespace/name: what is wrong`. */
export type Rule = (output: Output) => string[];

export const objectsOf = (output: Output): readonly KubernetesObject[] => output.files.flatMap((file) => file.objects);
