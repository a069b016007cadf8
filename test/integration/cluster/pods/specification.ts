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
  /** The API server: the port that the program finds it on, and the socket that leads there. */
  readonly api: { readonly port: number; readonly socket: string };
}

export interface Mount {
  /** File or folder of this machine. */
  readonly source: string;
  /** Where the program finds it. */
  readonly path: string;
  readonly readOnly: boolean;
}
