import { creditcard } from '../../support/config';
import { accepts, refuses } from '../../support/rules';

const registeredModel = { name: 'creditcard', version: 3 };

refuses([
  {
    sentence: 'a model twice',
    config: { models: [creditcard, { ...creditcard, server: 'sklearn' }] },
    problems: ['models[1].name: "creditcard" — models[0] has this name already (choose another one)'],
  },
  {
    sentence: 'models for which Seldon would make the same Service',
    config: {
      models: [
        { ...creditcard, name: 'default' },
        { ...creditcard, name: 'default-default' },
      ],
    },
    problems: [
      'models[1].name: "default-default" — Seldon would make a Service default-default-default of it and of models[0] (choose another one)',
    ],
  },
  {
    sentence: 'a model that names nothing to serve, or several things',
    config: {
      models: [
        { name: 'a', server: 'mlflow', canary: { traffic: 10 } },
        { ...creditcard, registeredModel, image: 'a:1', shadow: { uri: 's3://models/a', image: 'a:1' } },
      ],
    },
    problems: [
      'models[0].uri: missing — one of uri, registeredModel and image must say what is served (write e.g. uri: "s3://models/creditcard/1")',
      'models[0].canary.uri: missing — one of uri, registeredModel and image must say what is served (write e.g. uri: "s3://models/creditcard/1")',
      'models[1].registeredModel: {"name":"creditcard","version":3} — models[1].uri already says what is served (remove one of the two)',
      'models[1].image: "a:1" — models[1].uri already says what is served (remove one of the two)',
      'models[1].shadow.image: "a:1" — models[1].shadow.uri already says what is served (remove one of the two)',
    ],
  },
  {
    sentence: 'files without a server, and a server beside an image',
    config: {
      models: [
        { name: 'a', registeredModel },
        { name: 'b', image: 'b:1', server: 'mlflow' },
        { name: 'c', image: 'c:1', canary: { registeredModel, traffic: 10 }, shadow: { uri: 's3://models/c' } },
      ],
    },
    problems: [
      'models[0].server: missing — something must serve the files of registeredModel (write "mlflow", "sklearn", "xgboost", "huggingface" or "triton")',
      'models[1].server: "mlflow" — has no effect beside image, which is the server (remove it)',
      'models[2].canary.registeredModel: {"name":"creditcard","version":3} — the model is an image, so this must be one too (write image)',
      'models[2].shadow.uri: "s3://models/c" — the model is an image, so this must be one too (write image)',
    ],
  },
  {
    sentence: 'a model of transformers without a task, and a task for a server that has none',
    config: {
      models: [
        { name: 'a', server: 'huggingface', uri: 's3://models/a' },
        { ...creditcard, name: 'b', task: 'fill-mask' },
        { name: 'c', image: 'c:1', task: 'translation' },
      ],
    },
    problems: [
      'models[0].task: missing — the huggingface server must know what the model is for (write e.g. "text-classification")',
      'models[1].task: "fill-mask" — has no effect without server: "huggingface" (remove it)',
      'models[2].task: "translation" — has no effect without server: "huggingface" (remove it)',
    ],
  },
  {
    sentence: 'a fixed number of pods beside autoscaling, and bounds that cross',
    config: { models: [{ ...creditcard, replicas: 2, autoscaling: { min: 3, max: 2 } }] },
    problems: [
      'models[0].replicas: 2 — has no effect beside autoscaling (remove it)',
      'models[0].autoscaling.min: 3 — must not be above max, 2 (lower it, or raise max)',
    ],
  },
  {
    sentence: 'a detector that watches another version than the one that is served',
    config: {
      models: [{ name: 'a', server: 'mlflow', registeredModel, drift: { registeredModel: { name: 'a', version: 2 } } }],
    },
    problems: [
      'models[0].drift.registeredModel: {"name":"a","version":2} — the detector watches against models[0].registeredModel, which is served (remove it)',
    ],
  },
  {
    sentence: 'a detector for a folder or an image, without the registered version',
    config: {
      models: [
        { ...creditcard, drift: {} },
        { name: 'b', image: 'registry.example.org/b:1', drift: {} },
      ],
    },
    problems: [
      'models[0].drift.registeredModel: missing — the detector must know which registered version uri holds (write e.g. { name: "creditcard", version: 3 })',
      'models[1].drift.registeredModel: missing — the detector must know which registered version image holds (write e.g. { name: "creditcard", version: 3 })',
    ],
  },
  {
    sentence: 'a registered model without a registry, and a stream without Kafka',
    config: {
      services: { kafka: false, mlflow: false },
      models: [{ ...creditcard, stream: {}, canary: { registeredModel, traffic: 10 } }],
    },
    problems: [
      'services.mlflow: false — models[0].canary.registeredModel needs it (leave it on, or leave out what needs it)',
      'services.kafka: false — models[0].stream needs it (leave it on, or leave out what needs it)',
    ],
  },
  {
    sentence: 'a protocol that a server does not speak',
    config: {
      models: [
        { ...creditcard, server: 'triton', protocol: 'v1' },
        { ...creditcard, name: 'b', server: 'sklearn', protocol: 'v1' },
        { ...creditcard, name: 'c', server: 'xgboost', protocol: 'v1' },
      ],
    },
    problems: [
      'models[0].protocol: "v1" — the triton server speaks only v2 (write "v2", or remove it)',
      'models[1].protocol: "v1" — the sklearn server has only v2 (write "v2"; or, for feedback, save the model with MLflow and write server: "mlflow")',
      'models[2].protocol: "v1" — the xgboost server has only v2 (write "v2"; or, for feedback, save the model with MLflow and write server: "mlflow")',
    ],
  },
  {
    sentence: 'a retraining on drift without a detector, without Prometheus and without Prefect',
    config: {
      models: [{ ...creditcard, retrain: { deployment: 'train/production' } }],
      services: { prefect: false, prometheus: false },
    },
    problems: [
      'services.prefect: false — models[0].retrain needs it (leave it on, or leave out what needs it)',
      'services.prometheus: false — models[0].retrain needs it (leave it on, or leave out what needs it)',
      'models[0].retrain: {"deployment":"train/production"} — has no effect without models[0].drift (add e.g. drift: { detectors: ["mmd"] }, or remove it)',
    ],
  },
  {
    sentence: 'a detector of concept drift with a protocol that has no feedback',
    config: { models: [{ ...creditcard, drift: { registeredModel, detectors: ['mmd', 'adwin'] } }] },
    problems: [
      'models[0].protocol: "v2" — the detector adwin needs feedback messages, which only v1 has (write "v1", or another detector)',
    ],
  },
]);

accepts([
  [
    'files and an image beside each other where a server for the files is there',
    { models: [{ ...creditcard, canary: { image: 'a:1', traffic: 10 }, shadow: { registeredModel } }] },
  ],
  ['a fixed number of pods by their bounds', { models: [{ ...creditcard, autoscaling: { min: 2, max: 2 } }] }],
  [
    'models for which Seldon makes different Services',
    {
      models: [
        { ...creditcard, name: 'a' },
        { ...creditcard, name: 'a-default' },
        { ...creditcard, name: 'a-canary' },
      ],
    },
  ],
]);
