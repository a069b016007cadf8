import type { Path } from '../path';

// What a config asks for, as the services read it off: what the rules compare.

/** Something that may be there only once. */
export interface Claim {
  readonly path: Path;
  readonly value: string;
}

/** Something in the config that cannot work without services. Installed or the user's own makes no difference. */
export interface Need {
  readonly user: Path;
  /** As messages name it. */
  readonly name: string;
  /** Names of the services, as in `services`. */
  readonly providers: readonly string[];
}

/** A node port that the config takes. */
export interface NodePort {
  readonly port: number;
  /** What decides on the port. */
  readonly path: Path;
  /** The value there: another number where the port is derived from it. */
  readonly value: number;
  /** Whose port it is, in a message about another one. */
  readonly owner: string;
  /** The choice in brackets. */
  readonly advice: string;
  /** What else decides whether the port is taken at all. */
  readonly because: readonly Path[];
}

/** A server of the user's: where it is written, and as `host:port`. */
export interface ExternalServer extends Claim {
  /** What answers there: servers of two kinds cannot answer at the same address. @default any kind may */
  readonly kind?: 'database' | 'store' | 'broker';
}
