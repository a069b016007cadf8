import type { Path } from './path';

/** What one component gets. CPU and memory per replica; the disk, where there is one, per replica too. */
export interface ComponentSize {
  readonly replicas: number;
  readonly cpu: string;
  readonly cpuLimit: string;
  readonly memory: string;
  readonly memoryLimit: string;
  /** Undefined for components that keep nothing. */
  readonly disk?: string;
}

/**
 * `laptop`: one node with 4 CPUs and 8 GiB. `team`: three nodes of 4 CPUs and 16 GiB that survive the loss of a broker.
 * `production`: dedicated nodes, and replicas of every component that can have them.
 */
export type Profile = 'laptop' | 'team' | 'production';

/** Requests are what the scheduler reserves, limits what a component may use at most. */
export type SizeRow = readonly [
  replicas: number,
  cpu: string,
  cpuLimit: string,
  memory: string,
  memoryLimit: string,
  disk?: string,
];

/** Why something is not installed: the key that says so, and what that key is, as in `while services.kafka is false`. */
export interface Absence {
  readonly because: Path;
  readonly is: string;
}

/** A part of a service with a size of its own. */
export interface Component<Config = never> extends Readonly<Record<Profile, SizeRow>> {
  /** Why a second replica would not work: part of the error. @default it may have several */
  readonly single?: string;
  /** Why it is not installed with this config; undefined where it is. @default as its service */
  readonly absent?: (config: Config) => Absence | undefined;
}

/** The size of each component. */
export type Sizes<Name extends string = string> = Readonly<Record<Name, ComponentSize>>;

/** The sizes of a profile with single figures replaced. Nothing is added to components that keep no data. */
export function sizesOf<Name extends string>(
  components: Readonly<Record<Name, Readonly<Record<Profile, SizeRow>>>>,
  profile: Profile,
  overrides: Readonly<Partial<Record<Name, Partial<ComponentSize>>>>,
): Sizes<Name> {
  const sized = (Object.keys(components) as Name[]).map((name): [Name, ComponentSize] => {
    const [replicas, cpu, cpuLimit, memory, memoryLimit, disk] = components[name][profile];
    return [name, { replicas, cpu, cpuLimit, memory, memoryLimit, disk, ...overrides[name] }];
  });
  return Object.fromEntries(sized) as Sizes<Name>;
}

/** Whether a component has a volume. */
export const isStoring = ({ laptop }: Pick<Component, 'laptop'>): boolean => laptop[5] !== undefined;
