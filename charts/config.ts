import { z } from 'zod';
import { allOf, keysOf, type AllOf } from '../lib/config/declaration';
import { parse } from '../lib/config/parse';
import { shortLabel } from '../lib/config/primitives';
import { rulesOf } from '../lib/config/rules';
import { chartsSection } from '../lib/config/sections/charts';
import { clusterKeys } from '../lib/config/sections/cluster';
import { imagesSection } from '../lib/config/sections/images';
import { sizeSection } from '../lib/config/sections/size';
import { sizesOf, type Profile, type Sizes as SizesOf } from '../lib/config/sizes';
import { exampleModel } from './models/config';
import { services } from './services';

// The config as a whole: its schema is put together from what the services declare.

/** Every image that the platform starts, by the name under which `images.overrides` replaces it. */
export const imagePins = allOf(services, 'images');
/** Every Helm chart, by the name that services know it by. */
export const helmCharts = allOf(services, 'charts');
/** Everything that has a size of its own. */
export const components = allOf(services, 'sizes');

export type ImageName = keyof AllOf<typeof services, 'images'>;
export type HelmChartId = keyof AllOf<typeof services, 'charts'>;
export type Component = keyof AllOf<typeof services, 'sizes'>;
export type Sizes = SizesOf<Component>;

/** Namespaces are `<prefix>-<service>`, of which `credentials` is the longest, with at most 63 characters. */
export const longestPrefix = 63 - '-credentials'.length;

const prefix = shortLabel(
  longestPrefix,
  'mlops',
  (name) => !/^kube(-|$)/.test(name),
  ', not starting with "kube-", which Kubernetes keeps for itself',
);

export const configSchema = z.strictObject({
  /**
   * Names the platform: a label on every object, and what Kafka's cluster id is made from.
   * @default 'mlops'
   * @example 'mlops'
   */
  name: prefix.default('mlops'),
  /**
   * In front of every namespace but istio-system.
   * @default the name
   * @example 'team-a'
   */
  namespacePrefix: prefix.optional(),
  /** The cluster that the manifests are for. */
  cluster: z.strictObject({ ...clusterKeys, ...keysOf(services, 'cluster') }),
  /** How much of everything. */
  size: sizeSection(Object.keys(components) as Component[]),
  /**
   * The systems of the platform. Each is installed, yours, or off.
   * @default all are installed
   * @example { kafka: false, drift: false }
   */
  services: z.strictObject(keysOf(services, 'services')).prefault({}),
  /**
   * The models that are served.
   * @default []
   * @example [{ name: 'creditcard', server: 'mlflow', uri: 's3://models/creditcard/1' }]
   */
  models: z
    .array(z.strictObject(keysOf(services, 'model')).meta({ examples: [exampleModel] }), {
      error: 'must be a list of models (write [] for none)',
    })
    .default([]),
  /**
   * Where the values of Secrets come from.
   * @default { mode: 'generated' }
   */
  secrets: z
    .strictObject({
      /**
       * `generated`: a Job in the cluster makes what is missing. `existing`: you make every Secret that synth lists.
       * @example 'existing'
       */
      mode: z.enum(['generated', 'existing']),
    })
    .default({ mode: 'generated' }),
  /**
   * Whose Helm charts are used: `bundled`, those of this repository, or `upstream`, the original ones, which
   * `npm run charts -- pull` downloads; for all services, or for each. A service with data (PostgreSQL, MinIO, Kafka,
   * Prefect) keeps the one that it was installed with: the other would not find its data.
   * @default 'bundled'
   * @example { kafka: 'upstream' }
   */
  charts: chartsSection(keysOf(services, 'charts')).default('bundled'),
  /**
   * Where container images come from.
   * @default the pinned images of their authors
   */
  images: imagesSection(Object.keys(imagePins) as ImageName[]).prefault({}),
});

/** What a user writes. */
export type Config = z.input<typeof configSchema>;

/** What zod makes of it: defaults filled in, sizes and derived figures not yet. */
type ParsedConfig = z.output<typeof configSchema>;

/** The complete config: every default filled in, every rule kept. Frozen all the way down. */
export interface PlatformConfig extends Omit<ParsedConfig, 'size' | 'namespacePrefix'> {
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

const rules = rulesOf<PlatformConfig>(services);

/**
 * Turns what a user wrote into a complete config. Throws a `ConfigError` with every problem at once, and nothing else,
 * whatever the input is.
 */
export const parseConfig = (input: unknown): PlatformConfig => parse({ schema: configSchema, complete, rules }, input);
