import type { Path } from './path';

/** Resources of one component. CPU, memory and disk are per replica. */
export interface ComponentSize {
  readonly replicas: number;
  readonly cpu: string;
  readonly cpuLimit: string;
  readonly memory: string;
  readonly memoryLimit: string;
  /** Undefined for components that store nothing. */
  readonly disk?: string;
}

/**
 * `laptop`: one node with 4 CPUs and 8 GiB. `team`: three nodes with 4 CPUs and 16 GiB each, and the loss of a broker
 * does not stop Kafka. `production`: dedicated nodes, and replicas of every component that supports them.
 */
export type Profile = 'laptop' | 'team' | 'production';

/** Requests are reserved by the scheduler; limits are the most that a component may use. */
export type SizeRow = readonly [
  replicas: number,
  cpu: string,
  cpuLimit: string,
  memory: string,
  memoryLimit: string,
  disk?: string,
];

/**
 * Why something is not installed: the key that decides it, and the key's value, as in `while services.kafka is false`.
 */
export interface Absence {
  readonly because: Path;
  readonly is: string;
}

/** A part of a service with a size of its own. */
export interface Component<Config = never> extends Readonly<Record<Profile, SizeRow>> {
  /** Why it supports only one replica, for the error. @default it supports several */
  readonly single?: string;
  /** Why it is not installed; undefined where it is. @default like its service */
  readonly absent?: (config: Config) => Absence | undefined;
}

/** The size of each component. */
export type Sizes<Name extends string = string> = Readonly<Record<Name, ComponentSize>>;

/** Applies single figures to the sizes of a profile. Components without data get no disk. */
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
