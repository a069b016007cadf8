import { z } from 'zod';
import type { ConfigDeclaration } from '../lib/config/declared';
import { parse } from '../lib/config/parse';
import { shortLabel } from '../lib/config/primitives';
import { rulesOf } from '../lib/config/rules';
import { chartsSection } from '../lib/config/sections/charts';
import { clusterKeys } from '../lib/config/sections/cluster';
import { imagesSection } from '../lib/config/sections/images';
import { networkPoliciesSection } from '../lib/config/sections/network-policies';
import { secretsSection } from '../lib/config/sections/secrets';
import { sizeSection } from '../lib/config/sections/size';
import { sizesOf, type Profile, type Sizes as SizesOf } from '../lib/config/sizes';
import type { ImageDigests } from '../lib/images/lock';
import { allOf, keysOf, type AllOf } from '../lib/service/declaration';
import { services } from './services';

// The schema of the whole config, assembled from what the services declare.

/** Every image of the platform, by the name that `images.overrides` knows. */
export const imagePins = allOf(services, 'images');
/** Every Helm chart, by the name that services use. */
export const helmCharts = allOf(services, 'charts');
/** Every component with a size of its own. */
export const components = allOf(services, 'sizes');

export type ImageName = keyof AllOf<typeof services, 'images'>;
export type HelmChartId = keyof AllOf<typeof services, 'charts'>;
export type Component = keyof AllOf<typeof services, 'sizes'>;
export type Sizes = SizesOf<Component>;

/** Namespaces are `<prefix>-<service>` with at most 63 characters. */
export const longestPrefix = 63 - Math.max(...services.map(({ name }) => `-${name}`.length));

const declarations: readonly ConfigDeclaration[] = services;

type OfferedName = Extract<(typeof services)[number], { readonly offered: true }>['name'];

/** Services that may have clients in other namespaces. */
/** Pods that network policies are about → the service that makes them. */
const makers = { flowRuns: 'prefect', models: 'seldon' };

const offeredNames = declarations.flatMap(({ name, offered }) => (offered === true ? [name as OfferedName] : []));

const prefix = shortLabel(
  longestPrefix,
  'mlops',
  (name) => !/^kube(-|$)/.test(name),
  ', not starting with "kube-", which Kubernetes keeps for itself',
);

const exampleModels = declarations.flatMap(({ exampleModel }) => exampleModel ?? []);

export const configSchema = z.strictObject({
  /**
   * Name of the platform: the value of a label on every object, and the source of Kafka's cluster ID.
   * @default 'mlops'
   * @example 'mlops'
   */
  name: prefix.default('mlops'),
  /**
   * Prefix of every namespace except istio-system.
   * @default the name
   * @example 'team-a'
   */
  namespacePrefix: prefix.optional(),
  /** The cluster that the manifests are written for. */
  cluster: z.strictObject({ ...clusterKeys, ...keysOf(services, 'cluster') }),
  /** Replicas, CPU, memory and disks. */
  size: sizeSection(Object.keys(components) as Component[]),
  /**
   * The services of the platform. Each one is installed, external (yours), or off.
   * @default all are installed
   * @example { kafka: false, drift: false }
   */
  services: z.strictObject(keysOf(services, 'services')).prefault({}),
  /**
   * The models to serve.
   * @default []
   * @example [{ name: 'creditcard', server: 'mlflow', uri: 's3://models/creditcard/1' }]
   */
  models: z
    .array(z.strictObject(keysOf(services, 'model')).meta({ examples: exampleModels }), {
      error: 'must be a list of models (write [] for none)',
    })
    .default([]),
  /**
   * Where the values of Secrets come from.
   * @default { mode: 'generated' }
   */
  secrets: secretsSection,
  /**
   * Source of the Helm charts: `bundled` for those of this repository, `upstream` for the original ones, which `npm run
   * charts -- pull` downloads. Set it for all services, or per service. Do not change it for an installed service with
   * data (PostgreSQL, MinIO, Kafka): the other chart would not find the data.
   * @default 'bundled'
   * @example { kafka: 'upstream' }
   */
  charts: chartsSection(keysOf(services, 'charts')).default('bundled'),
  /**
   * Policies by which a pod reaches only what it must: see docs/security.md. `false` writes none.
   * @default only what the platform needs
   * @example { clients: [{ namespace: 'notebooks', to: ['mlflow', 'kafka'] }] }
   */
  networkPolicies: networkPoliciesSection(offeredNames as [OfferedName, ...OfferedName[]], ['flowRuns', 'models']),
  /**
   * Where container images come from.
   * @default the pinned images of their authors
   */
  images: imagesSection(Object.keys(imagePins) as ImageName[]).prefault({}),
});

/** The config as the user writes it. */
export type Config = z.input<typeof configSchema>;

/** The output of the schema: defaults are filled in; sizes and derived figures are not yet. */
type ParsedConfig = z.output<typeof configSchema>;

/** The complete config: every default filled in, every rule checked. Deeply frozen. */
export interface PlatformConfig extends Omit<ParsedConfig, 'size' | 'namespacePrefix' | 'images'> {
  /** Where images come from; with `digests`, what their tags mean, from the lock. */
  readonly images: ParsedConfig['images'] & { readonly digests?: ImageDigests };
  readonly namespacePrefix: string;
  readonly profile: Profile;
  readonly sizes: Sizes;
}

export type ModelConfig = PlatformConfig['models'][number];

const complete = ({ size, namespacePrefix, ...rest }: ParsedConfig): PlatformConfig => ({
  ...rest,
  namespacePrefix: namespacePrefix ?? rest.name,
  profile: size.profile,
  sizes: sizesOf(components, size.profile, size.overrides),
});

const rules = rulesOf<PlatformConfig>(services, makers);

/**
 * Turns the user's input into a complete config. For any invalid input it throws one `ConfigError` with every problem,
 * and nothing else.
 */
export const parseConfig = (input: unknown): PlatformConfig => parse({ schema: configSchema, complete, rules }, input);

/** A config whose images are named by these digests; without digests, by tag alone. */
export const withDigests = (config: PlatformConfig, digests: ImageDigests | undefined): PlatformConfig => ({
  ...config,
  images: { ...config.images, digests },
});
