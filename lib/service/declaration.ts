import type { OutputDeclaration } from '../checks/declared';
import type { OutputIndex } from '../checks/output-index';
import type { Rule as OutputRule } from '../checks/rule';
import type { ConfigDeclaration, ConfigKeys } from '../config/declared';
import type { ConnectionProps } from '../graph/connection';
import type { DeclaredChart, OriginalCharts } from '../helm/chart-catalog';
import type { DeclaredImage } from '../images/declared';
import type { DataRule } from './data-rule';

/**
 * Everything that a service declares before it is built. The config, its rules, and the catalogues of images, charts
 * and sizes are assembled from these. `Config` is the part of the config that its functions read.
 */
export interface ServiceDeclaration<Config = never> extends ConfigDeclaration<Config>, OutputDeclaration {
  /** Rules over the output that only this service has. @default none */
  readonly outputRules?: readonly OutputRule[];
  /** Connections that follow from objects of the output, as its operators read them. @default none */
  readonly connections?: (index: OutputIndex, config: Config) => readonly ConnectionProps[];
  /** API groups whose definitions the user's cluster brings. @default none */
  readonly externalApiGroups?: (config: Config) => readonly string[];
  /** StorageClass of every volume where the user names none. @default none */
  readonly storageClass?: (config: Config) => string | undefined;
  /** Its images, by the names that `images.overrides` knows. @default none */
  readonly images?: Readonly<Record<string, DeclaredImage>>;
  /** Images that the user names in its keys: whole references, to which a mirror does not apply. @default none */
  readonly ownImages?: (config: Config) => readonly string[];
  /** Its Helm charts. @default none */
  readonly charts?: Readonly<Record<string, DeclaredChart>>;
  /** What differs with the original charts. @default nothing */
  readonly originalCharts?: OriginalCharts;
  /** Its operator, for clusters that may already have a similar one. @default it has no operator */
  readonly operator?: OperatorFacts;
  /** What of it must not change while there is data. @default nothing */
  readonly dataRules?: readonly DataRule[];
  /** Sections of docs/upgrading.md, and which older platforms they are for. @default none */
  readonly upgrades?: readonly Upgrade[];
}

/** A section of docs/upgrading.md, and how an older platform that it is for is recognized. */
export interface Upgrade {
  /** Heading of the section. */
  readonly section: string;
  /** Matches an image of the older platform, as `library/postgres:15.3`, without its registry. */
  readonly from: RegExp;
  /** What must be done before the new manifests are applied. @default nothing; the section says what rolls */
  readonly before?: string;
}

/** Facts about an operator, and the remedy where a similar one exists already. */
export interface OperatorFacts {
  readonly name: string;
  /** The release that the facts describe. */
  readonly version: string;
  /** Last part of its image's name, in any registry. */
  readonly program: string;
  /** Minor versions of Kubernetes that its authors support. */
  readonly kubernetes: { readonly from: string; readonly to?: string };
  /** Remedy where another one exists already. */
  readonly instead: string;
}

/** Preserves the exact types of a declaration, from which the config's types are derived. */
export const declareService = <const Declaration extends ServiceDeclaration>(declaration: Declaration): Declaration =>
  declaration;

type Intersection<Union> = (Union extends unknown ? (item: Union) => void : never) extends (item: infer All) => void
  ? All
  : never;

type Declared<Services extends readonly unknown[], Key extends string> = Services[number] extends infer Service
  ? Service extends Readonly<Record<Key, infer Value>>
    ? Value
    : never
  : never;

/** The keys that services add to a section, as one shape. */
export type KeysOf<Services extends readonly ServiceDeclaration[], Section extends keyof ConfigKeys> = Intersection<
  Declared<[Declared<Services, 'config'>], Section>
>;

/** Everything that services declare under a key, as one record. */
export type AllOf<
  Services extends readonly ServiceDeclaration[],
  Key extends 'images' | 'sizes' | 'charts',
> = Intersection<Declared<Services, Key>>;

export const keysOf = <Services extends readonly ServiceDeclaration[], Section extends keyof ConfigKeys>(
  services: Services,
  section: Section,
): KeysOf<Services, Section> =>
  Object.assign({}, ...services.map(({ config }) => config?.[section])) as KeysOf<Services, Section>;

export const allOf = <Services extends readonly ServiceDeclaration[], Key extends 'images' | 'sizes' | 'charts'>(
  services: Services,
  key: Key,
): AllOf<Services, Key> => Object.assign({}, ...services.map((service) => service[key])) as AllOf<Services, Key>;
