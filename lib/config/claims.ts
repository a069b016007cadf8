import type { Path } from './path';

// What services read off the config for the rules to compare.

/** A value that may be used only once. */
export interface Claim {
  readonly path: Path;
  readonly value: string;
}

/** A part of the config that requires services. They may be installed or external. */
export interface Need {
  readonly user: Path;
  /** Its name in messages. */
  readonly name: string;
  /** Names of the required services, as in `services`. */
  readonly providers: readonly string[];
}

/** A node port that the config uses. */
export interface NodePort {
  readonly port: number;
  /** The field that decides the port. */
  readonly path: Path;
  /** The value of that field, which differs from the port where the port is derived. */
  readonly value: number;
  /** Name of the port's owner, for messages about a conflict. */
  readonly owner: string;
  /** What to write instead, in brackets. */
  readonly advice: string;
  /** Other fields that decide whether the port is used. */
  readonly because: readonly Path[];
}

/** An external server: its place in the config, and its address as `host:port`. */
export interface ExternalServer extends Claim {
  /** Servers of different kinds cannot share an address. @default compatible with any kind */
  readonly kind?: 'database' | 'store' | 'broker';
}
