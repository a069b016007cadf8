import { formatPath, type Path } from '../../lib/config/path';
import type { Need } from '../../lib/config/claims';
import { enumerate, finding, missing, sourcesOf, type Finding, type Rule } from '../../lib/config/rule';
import { aboveLimit } from '../../lib/config/rules/sizes';
import type { ComponentSize, Sizes } from '../../lib/config/sizes';
import { sources, type Served } from './served';

/** The part of the config that the rules read. */
interface Config {
  readonly models: readonly Model[];
  readonly sizes: Sizes<'modelServer'>;
}

type Model = Served & {
  readonly name: string;
  readonly server?: string;
  readonly task?: string;
  readonly protocol: 'v1' | 'v2';
  readonly replicas?: number;
  readonly autoscaling?: { readonly min: number; readonly max: number };
  readonly resources: Partial<ComponentSize>;
  readonly canary?: Served;
  readonly shadow?: Served;
};

/** What a model serves, per predictor: itself, its canary and its shadow. */
const servedIn = (model: Model, path: Path): { path: Path; served: Served }[] => [
  { path, served: model },
  ...(['canary', 'shadow'] as const).flatMap((key) =>
    model[key] === undefined ? [] : [{ path: [...path, key], served: model[key] }],
  ),
];

const eachServed = ({ models }: Config, rule: (path: Path, served: Served) => Finding[]): Finding[] =>
  models.flatMap((model, index) =>
    servedIn(model, ['models', index]).flatMap(({ path, served }) => rule(path, served)),
  );

/** Exactly one source per predictor. */
const oneSource: Rule<Config> = (config) =>
  eachServed(config, (path, served) => {
    const paths = sources.map((key) => [...path, key]);
    const [first, ...others] = sources.filter((key) => served[key] !== undefined);
    if (first === undefined) {
      const rule = `one of ${enumerate(sources)} must say what is served (write e.g. uri: "s3://models/creditcard/1")`;
      return [missing([...path, 'uri'], rule, ...paths)];
    }
    const rule = `${formatPath([...path, first])} already says what is served (remove one of the two)`;
    return others.map((key) => finding([...path, key], served[key], rule, [...path, first]));
  });

/** Files need a server; an image brings its own. */
const serverForFiles: Rule<Config> = ({ models }) =>
  models.flatMap((model, index) => {
    const path = ['models', index];
    const because = sources.map((key) => [...path, key]);
    const { server, canary, shadow } = model;
    const own = sources.find((key) => model[key] !== undefined);
    if (own === undefined) return []; // Reported by `oneSource`.
    if (own !== 'image') {
      const rule = `something must serve the files of ${own} (write "mlflow", "sklearn", "xgboost", "huggingface" or "triton")`;
      return server === undefined ? [missing([...path, 'server'], rule, ...because)] : [];
    }
    if (server !== undefined) {
      const rule = 'has no effect beside image, which is the server (remove it)';
      return [finding([...path, 'server'], server, rule, ...because)];
    }
    return Object.entries({ canary, shadow }).flatMap(([key, served]) =>
      (['uri', 'registeredModel'] as const)
        .filter((files) => served?.[files] !== undefined)
        .map((files) => {
          const rule = `the model is an image, so this must be one too (write image)`;
          return finding([...path, key, files], served?.[files], rule, [...path, 'server'], ...because);
        }),
    );
  });

/** The huggingface server does not start without a task (MLServer 1.7.1, mlserver_huggingface/settings.py). */
const taskOfPipeline: Rule<Config> = ({ models }) =>
  models.flatMap(({ server, task }, index) => {
    const path = ['models', index, 'task'];
    const because = ['models', index, 'server'];
    if (server === 'huggingface' && task === undefined) {
      return [
        missing(
          path,
          'the huggingface server must know what the model is for (write e.g. "text-classification")',
          because,
        ),
      ];
    }
    if (server === 'huggingface' || task === undefined) return [];
    return [finding(path, task, 'has no effect without server: "huggingface" (remove it)', because)];
  });

const scaling: Rule<Config> = ({ models }) =>
  models.flatMap(({ autoscaling, replicas }, index) => {
    if (autoscaling === undefined) return [];
    const path = ['models', index, 'autoscaling'];
    const { min, max } = autoscaling;
    return [
      ...(replicas === undefined
        ? []
        : [
            finding(['models', index, 'replicas'], replicas, 'has no effect beside autoscaling (remove it)', [
              ...path,
              'max',
            ]),
          ]),
      ...(min <= max
        ? []
        : [finding([...path, 'min'], min, `must not be above max, ${max} (lower it, or raise max)`, [...path, 'max'])]),
    ];
  });

const namesOnce: Rule<Config> = ({ models }, { isSure }) => {
  const indexOf = new Map<string, number>();
  return models.flatMap(({ name }, index) => {
    if (!isSure(['models', index, 'name'])) return [];
    const first = indexOf.get(name);
    indexOf.set(name, first ?? index);
    if (first === undefined) return [];
    const rule = `models[${first}] has this name already (choose another one)`;
    return [finding(['models', index, 'name'], name, rule)];
  });
};

/**
 * The Services of a model: one per predictor and one for its only container (seldon-core 1.17.1, GetPredictorKey and
 * GetContainerServiceName). Seldon replaces longer names with a hash.
 */
const seldonServices = ({ name, canary, shadow }: Model): string[] =>
  Object.entries({ default: {}, canary, shadow })
    .filter(([, predictor]) => predictor !== undefined)
    .flatMap(([predictor]) => [`${name}-${predictor}`, `${name}-${predictor}-${name}`])
    .filter((service) => service.length <= 63);

const serviceNamesOnce: Rule<Config> = ({ models }, { isSure }) => {
  const ownerOf = new Map<string, number>();
  return models.flatMap((model, index) => {
    const path: Path = ['models', index, 'name'];
    if (!isSure(path)) return [];
    const services = seldonServices(model);
    const taken = services.find((service) => ownerOf.has(service)) ?? '';
    const other = ownerOf.get(taken) ?? index;
    for (const service of services) ownerOf.set(service, ownerOf.get(service) ?? index);
    if (models[other]?.name === model.name) return []; // The model itself, or a duplicate name, which another rule reports.
    const rule = `Seldon would make a Service ${taken} of it and of models[${other}] (choose another one)`;
    return [finding(path, model.name, rule, ['models', other])];
  });
};

/**
 * Seldon's own protocol needs one of its own servers. Of those, only the one for MLflow lets a model bring its libraries:
 * the others have scikit-learn 0.24.2, and 1.0.2 with xgboost 1.4.2 (seldon-core 1.17.1,
 * servers/{sklearnserver,xgboostserver}, requirements.txt).
 */
const protocols: Rule<Config> = ({ models }) =>
  models.flatMap(({ server, protocol }, index) =>
    protocol === 'v1' && server !== undefined && server !== 'mlflow'
      ? [
          finding(
            ['models', index, 'protocol'],
            protocol,
            server === 'sklearn' || server === 'xgboost'
              ? `the ${server} server has only v2 (write "v2"; or, for feedback, save the model with MLflow and write server: "mlflow")`
              : `the ${server} server speaks only v2 (write "v2", or remove it)`,
            ['models', index, 'server'],
          ),
        ]
      : [],
  );

const requestsWithinLimits: Rule<Config> = ({ sizes, models }, { written }) =>
  models.flatMap(({ resources }, index) => {
    if (Object.keys(resources).length === 0) return [];
    const path = ['models', index, 'resources'];
    return aboveLimit(path, { ...sizes.modelServer, ...resources }, written, (figure) =>
      figure in resources ? [[...path, figure]] : sourcesOf(written, 'modelServer', figure),
    );
  });

export const modelRules = [
  oneSource,
  serverForFiles,
  taskOfPipeline,
  scaling,
  namesOnce,
  serviceNamesOnce,
  protocols,
  requestsWithinLimits,
] as const;

/** Models need a server and a source, and registered models the registry. */
export function modelNeeds({ models }: Config): Need[] {
  const [registered] = models.flatMap((model, index) =>
    servedIn(model, ['models', index]).flatMap(({ path, served }) =>
      served.registeredModel === undefined ? [] : [[...path, 'registeredModel']],
    ),
  );
  return [
    ...(models.length === 0 ? [] : [{ user: ['models'], name: 'models', providers: ['seldon', 'minio'] }]),
    ...(registered === undefined ? [] : [{ user: registered, name: formatPath(registered), providers: ['mlflow'] }]),
  ];
}
