import type { PlatformConfig } from '../parse';
import { formatPath, valueAt, type Path } from '../path';
import { watchesFeedback } from '../sections/drift';
import { enumerate, finding, type Finding, type Rule } from './rule';

type Model = PlatformConfig['models'][number];
type Served = Pick<Model, 'uri' | 'registeredModel' | 'image'>;

const sources = ['uri', 'registeredModel', 'image'] as const;

/** What a model serves, by predictor: itself, its canary and its shadow. */
export const servedIn = (model: Model, path: Path): { path: Path; served: Served }[] => [
  { path, served: model },
  ...(['canary', 'shadow'] as const).flatMap((key) =>
    model[key] === undefined ? [] : [{ path: [...path, key], served: model[key] }],
  ),
];

const eachServed = ({ models }: PlatformConfig, rule: (path: Path, served: Served) => Finding[]): Finding[] =>
  models.flatMap((model, index) =>
    servedIn(model, ['models', index]).flatMap(({ path, served }) => rule(path, served)),
  );

const missing = (path: Path, rule: string, ...because: readonly Path[]): Finding => ({
  ...finding(path, undefined, rule, ...because),
  shown: 'missing',
});

/** Exactly one thing is served. */
const oneSource: Rule = (config) =>
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

/** Files need a server, and an image is one. */
const serverForFiles: Rule = ({ models }) =>
  models.flatMap((model, index) => {
    const path = ['models', index];
    const because = sources.map((key) => [...path, key]);
    const { server, canary, shadow } = model;
    const own = sources.find((key) => model[key] !== undefined);
    if (own === undefined) return []; // Said already.
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

/** The huggingface server does not start without one (MLServer 1.3.0, mlserver_huggingface/settings.py). */
const taskOfPipeline: Rule = ({ models }) =>
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

const scaling: Rule = ({ models }) =>
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

/** What is watched is what is served: nothing else knows which version a folder or an image holds. */
const watchedVersion: Rule = ({ models }) =>
  models.flatMap((model, index) => {
    const { registeredModel, drift } = model;
    const served = sources.find((key) => model[key] !== undefined);
    if (drift === undefined || served === undefined) return []; // The latter is said already.
    const path = ['models', index, 'drift', 'registeredModel'];
    const because = ['models', index, served];
    if (registeredModel === undefined) {
      const rule = `the detector must know which registered version ${served} holds (write e.g. { name: "creditcard", version: 3 })`;
      return drift.registeredModel === undefined ? [missing(path, rule, because)] : [];
    }
    if (drift.registeredModel === undefined) return [];
    const rule = `the detector watches against ${formatPath(because)}, which is served (remove it)`;
    return [finding(path, drift.registeredModel, rule, because)];
  });

const namesOnce: Rule = ({ models }, { isSure }) => {
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
 * The Services of a model: of each predictor, and of its only container (seldon-core 1.16.0, GetPredictorKey and
 * GetContainerServiceName). Longer ones are replaced by a hash.
 */
const seldonServices = ({ name, canary, shadow }: Model): string[] =>
  Object.entries({ default: {}, canary, shadow })
    .filter(([, predictor]) => predictor !== undefined)
    .flatMap(([predictor]) => [`${name}-${predictor}`, `${name}-${predictor}-${name}`])
    .filter((service) => service.length <= 63);

const serviceNamesOnce: Rule = ({ models }, { isSure }) => {
  const ownerOf = new Map<string, number>();
  return models.flatMap((model, index) => {
    const path: Path = ['models', index, 'name'];
    if (!isSure(path)) return [];
    const services = seldonServices(model);
    const taken = services.find((service) => ownerOf.has(service)) ?? '';
    const other = ownerOf.get(taken) ?? index;
    for (const service of services) ownerOf.set(service, ownerOf.get(service) ?? index);
    if (models[other]?.name === model.name) return []; // No other one, or said already.
    const rule = `Seldon would make a Service ${taken} of it and of models[${other}] (choose another one)`;
    return [finding(path, model.name, rule, ['models', other])];
  });
};

const protocols: Rule = ({ models }) =>
  models.flatMap(({ server, protocol }, index) =>
    protocol === 'v1' && (server === 'huggingface' || server === 'triton')
      ? [
          finding(
            ['models', index, 'protocol'],
            protocol,
            `the ${server} server speaks only v2 (write "v2", or remove it)`,
            ['models', index, 'server'],
          ),
        ]
      : [],
  );

/** Feedback has a route only there (seldon-core 1.16.0, executor/api/rest/server.go). */
const feedbackProtocol: Rule = ({ models }) =>
  models.flatMap(({ protocol, drift }, index) => {
    const concept = drift?.detectors.find(watchesFeedback);
    return protocol === 'v2' && concept !== undefined
      ? [
          finding(
            ['models', index, 'protocol'],
            protocol,
            `the detector ${concept} needs feedback messages, which only v1 has (write "v1", or another detector)`,
            ['models', index, 'drift', 'detectors'],
          ),
        ]
      : [];
  });

/** Nothing else tells that a model drifts. */
const retrainingNeedsDrift: Rule = ({ models }, { written }) =>
  models.flatMap(({ drift, retrain }, index) =>
    retrain !== undefined && drift === undefined
      ? [
          finding(
            ['models', index, 'retrain'],
            valueAt(written, ['models', index, 'retrain']),
            `has no effect without models[${index}].drift (add e.g. drift: { detectors: ["mmd"] }, or remove it)`,
            ['models', index, 'drift'],
          ),
        ]
      : [],
  );

export const modelRules: readonly Rule[] = [
  oneSource,
  serverForFiles,
  taskOfPipeline,
  scaling,
  watchedVersion,
  namesOnce,
  serviceNamesOnce,
  protocols,
  feedbackProtocol,
  retrainingNeedsDrift,
];
