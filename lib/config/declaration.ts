import type { z } from 'zod';
import type { OutputDeclaration } from '../checks/declared';
import type { Rule as OutputRule } from '../checks/rule';
import type { DeclaredChart, OriginalCharts } from '../helm/chart-catalog';
import type { DeclaredImage } from '../images/declared';
import type { ExternalServer, Need, NodePort } from './rules/claims';
import type { Rule } from './rules/rule';
import type { Component, Sizes } from './sizes';

/** Keys with their schemas and descriptions. */
type Shape = Readonly<Record<string, z.core.SomeType>>;

/** The sections of a config that services add keys to. */
export interface ConfigKeys {
  /** `services.<name>`: settings of the service. */
  readonly services?: Shape;
  /** `cluster.<key>` */
  readonly cluster?: Shape;
  /** `models[].<key>` */
  readonly model?: Shape;
  /** `charts.<name>`: source of its Helm charts. */
  readonly charts?: Shape;
}

/**
 * Everything that a service declares before it is built. The config, its rules, and the catalogues of images, charts
 * and sizes are assembled from these. `Config` is the part of the config that its functions read.
 */
export interface ServiceDeclaration<Config = never> extends OutputDeclaration {
  /** Name of its folder in charts/, and of its key in `services` if it has one. */
  readonly name: string;
  readonly config?: ConfigKeys;
  /** Rules between keys. @default none */
  readonly rules?: readonly Rule<Config>[];
  /** Rules over the output that only this service has. @default none */
  readonly outputRules?: readonly OutputRule[];
  /** Services that it requires. @default none */
  readonly needs?: (config: Config) => Need[];
  /** Whether any part of it is installed. @default where `services.<name>` is neither false nor external */
  readonly installs?: (config: Config) => boolean;
  /** Keys of `services.<name>` that expose it over HTTP. @default none */
  readonly httpExposures?: readonly string[];
  /** Node ports that it takes in addition to those. @default none */
  readonly nodePorts?: (config: Config, written: unknown) => NodePort[];
  /** Servers of the user that it connects to. @default none */
  readonly externalServers?: (config: Config) => ExternalServer[];
  /** API groups whose definitions the user's cluster brings. @default none */
  readonly externalApiGroups?: (config: Config) => readonly string[];
  /** Components with a size of their own. @default none */
  readonly sizes?: Readonly<Record<string, Component<Config>>>;
  /** Its images, by the names that `images.overrides` knows. @default none */
  readonly images?: Readonly<Record<string, DeclaredImage>>;
  /** Its Helm charts. @default none */
  readonly charts?: Readonly<Record<string, DeclaredChart>>;
  /** What differs with the original charts. @default nothing */
  readonly originalCharts?: OriginalCharts;
  /** Its operator, for clusters that may already have a similar one. @default it has no operator */
  readonly operator?: OperatorFacts;
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

/** The part of a complete config that every platform has. */
export interface CommonConfig {
  readonly cluster: { readonly domain: string };
  readonly services: Readonly<Record<string, false | object>>;
  readonly models: readonly { readonly resources: object }[];
  readonly images: { readonly pullSecrets: readonly string[] };
  readonly sizes: Sizes;
}

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
