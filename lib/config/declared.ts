import type { z } from 'zod';
import type { ExternalServer, Need, NodePort } from './claims';
import type { Rule } from './rule';
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

/** The part of a service's declaration that is about the config. `Config` is what its functions read. */
export interface ConfigDeclaration<Config = never> {
  /** Name of its folder in charts/, and of its key in `services` if it has one. */
  readonly name: string;
  readonly config?: ConfigKeys;
  /** A valid entry of `models`, with the keys that rules require beyond the schema. @default none */
  readonly exampleModel?: object;
  /** Rules between keys. @default none */
  readonly rules?: readonly Rule<Config>[];
  /** Services that it requires. @default none */
  readonly needs?: (config: Config) => Need[];
  /** Whether any part of it is installed. @default where `services.<name>` is neither false nor external */
  readonly installs?: (config: Config) => boolean;
  /** Keys of `services.<name>` that expose it over HTTP. @default none */
  readonly httpExposures?: readonly string[];
  /** Whether it may have clients in other namespaces, which call it by its name in the config. @default false */
  readonly offered?: boolean;
  /** Node ports that it takes in addition to those. @default none */
  readonly nodePorts?: (config: Config, written: unknown) => NodePort[];
  /** Servers of the user that it connects to. @default none */
  readonly externalServers?: (config: Config) => ExternalServer[];
  /** Components with a size of their own. @default none */
  readonly sizes?: Readonly<Record<string, Component<Config>>>;
}

/** The part of a complete config that every platform has. */
export interface CommonConfig {
  readonly cluster: { readonly domain: string };
  readonly services: Readonly<Record<string, false | object>>;
  readonly models: readonly { readonly resources: object }[];
  readonly images: { readonly pullSecrets: readonly string[] };
  readonly networkPolicies:
    | false
    | {
        readonly clients: readonly { readonly to: readonly string[] }[];
        readonly destinations: readonly { readonly from: string }[];
      };
  readonly sizes: Sizes;
}
