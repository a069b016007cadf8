import type { Address } from './forward';

/** Everything that `sandbox.cjs` needs to know about a program that it runs. */
export interface Specification {
  /** Folder that becomes `/`. */
  readonly root: string;
  readonly readOnlyRoot: boolean;
  /** In the order in which they are mounted. */
  readonly mounts: readonly Mount[];
  readonly user: { readonly uid: number; readonly gid: number };
  readonly groups: readonly number[];
  readonly env: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
  /** Ports of the program that are reached through a socket of the same name. */
  readonly ports: readonly number[];
  /** Folder of these sockets. */
  readonly sockets: string;
  /** What else is in the program's network, the API server among it, with the socket that leads there. */
  readonly neighbours: readonly (Neighbour & { readonly socket: string })[];
  /** Settings of the kernel for its network. */
  readonly sysctls: Readonly<Record<string, string>>;
}

/** An address in the network of a program, which leads out of it. */
export interface Neighbour {
  readonly host: string;
  readonly port: number;
  /** Its names, for `/etc/hosts`. @default none */
  readonly names?: readonly string[];
  /** Where it leads. */
  readonly at: Address;
}

export interface Mount {
  /** File or folder of this machine. */
  readonly source: string;
  /** Where the program finds it. */
  readonly path: string;
  readonly readOnly: boolean;
}
