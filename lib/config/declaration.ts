import type { z } from 'zod';
import type { OutputDeclaration } from '../checks/declared';
import type { Rule as OutputRule } from '../checks/rule';
import type { DeclaredChart, OriginalCharts } from '../helm/chart-catalog';
import type { DeclaredImage } from '../images/declared';
import type { ExternalServer, Need, NodePort } from './rules/claims';
import type { Rule } from './rules/rule';
import type { Component, Sizes } from './sizes';

/** Keys with their schemas, and what an editor says of each. */
type Shape = Readonly<Record<string, z.core.SomeType>>;

/** The sections of a config that services add keys to. */
export interface ConfigKeys {
  /** `services.<name>`: what can be chosen about the service. */
  readonly services?: Shape;
  /** `cluster.<key>` */
  readonly cluster?: Shape;
  /** `models[].<key>` */
  readonly model?: Shape;
  /** `charts.<name>`: which Helm charts it comes from. */
  readonly charts?: Shape;
}

/**
 * Everything that a service says about itself before it is built; the config, its rules and the catalogues of images,
 * charts and sizes are put together from these. `Config` is the part of the config that its functions read.
 */
export interface ServiceDeclaration<Config = never> extends OutputDeclaration {
  /** Of its folder in charts/, and of its key in `services` where it has one. */
  readonly name: string;
  readonly config?: ConfigKeys;
  /** What must hold between keys. @default nothing */
  readonly rules?: readonly Rule<Config>[];
  /** What must hold in the output, beside what holds for every platform. @default nothing */
  readonly outputRules?: readonly OutputRule[];
  /** What it cannot work without. @default nothing */
  readonly needs?: (config: Config) => Need[];
  /** Whether something of it is installed. @default where `services.<name>` is neither false nor external */
  readonly installs?: (config: Config) => boolean;
  /** Keys of `services.<name>` that say how it is reached over HTTP from outside. @default none */
  readonly httpExposures?: readonly string[];
  /** Node ports that it takes beside those. @default none */
  readonly nodePorts?: (config: Config, written: unknown) => NodePort[];
  /** Servers of the user that it talks to. @default none */
  readonly externalServers?: (config: Config) => ExternalServer[];
  /** API groups whose definitions the user brings along. @default none */
  readonly externalApiGroups?: (config: Config) => readonly string[];
  /** What has a size of its own. @default nothing */
  readonly sizes?: Readonly<Record<string, Component<Config>>>;
  /** Images that it starts, by the names under which `images.overrides` replaces them. @default none */
  readonly images?: Readonly<Record<string, DeclaredImage>>;
  /** Helm charts that it is installed by. @default none */
  readonly charts?: Readonly<Record<string, DeclaredChart>>;
  /** What is different where those come from their original authors. @default nothing */
  readonly originalCharts?: OriginalCharts;
  /** What to know before it is put into a cluster that may have another one like it. @default it runs no operator */
  readonly operator?: OperatorFacts;
}

/** An operator, and what to do where another one like it is there already. */
export interface OperatorFacts {
  readonly name: string;
  /** The release that the facts are about. */
  readonly version: string;
  /** Last part of its image's name, in whatever registry. */
  readonly program: string;
  /** Minor versions of Kubernetes that its authors support. */
  readonly kubernetes: { readonly from: string; readonly to?: string };
  /** What to do where another one is there already. */
  readonly instead: string;
}

/** Keeps the types of what a service declares, from which those of the config are made. */
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

/** Everything that services declare under a key, in one record. */
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
