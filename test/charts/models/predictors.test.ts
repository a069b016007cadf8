import { Credential } from '../../../lib/graph/credential';
import { Connection, nameOfSubject, nameOfTarget } from '../../../lib/graph/connection';
import { creditcard, type Loose } from '../../support/config';
import { platform } from './platform';

const version3 = { name: 'creditcard', server: 'mlflow', registeredModel: { name: 'Credit Card', version: 3 } };
const version4 = { registeredModel: { name: 'Credit Card', version: 4 } };

describe('a registered model', () => {
  test('is fetched by our initializer, with the address and the keys that it needs', () => {
    const { app, predictors } = platform([version3]);
    const [{ graph }] = predictors('creditcard') as [Loose];
    expect(graph).toMatchObject({
      implementation: 'MLFLOW_SERVER',
      modelUri: 'models:/Credit Card/3',
      storageInitializerImage: 'localhost/mlops-infra/model-initializer:0.1.0',
      envSecretRefName: 'creditcard-registry',
    });
    const { namespace, keys } =
      Credential.allIn(app).find(({ secretName }) => secretName === 'creditcard-registry')?.spec ?? {};
    expect({ namespace, keys }).toEqual({
      namespace: 'mlops-models',
      keys: {
        MLFLOW_TRACKING_URI: { value: 'http://mlflow-tracking-server.mlops-mlflow.svc.cluster.local:5000' },
        MLFLOW_ARTIFACTS_DESTINATION: { value: 's3://mlflow' },
        MLFLOW_S3_ENDPOINT_URL: { value: 'http://minio.mlops-minio.svc.cluster.local:9000' },
        AWS_DEFAULT_REGION: { value: 'us-east-1' },
        AWS_ACCESS_KEY_ID: {
          copyOf: { namespace: 'mlops-minio', name: 'minio-users', key: 'creditcard.model-access-key' },
        },
        AWS_SECRET_ACCESS_KEY: { copyOf: { namespace: 'mlops-minio', name: 'minio-users', key: 'creditcard.model' } },
      },
    });
    const used = Connection.allIn(app).filter(({ from }) => nameOfSubject(from).startsWith('SeldonDeployment/'));
    expect(used.map(({ to }) => nameOfTarget(to)).sort()).toEqual([
      'minio.mlops-minio.svc.cluster.local:9000',
      'mlflow-tracking-server.mlops-mlflow.svc.cluster.local:5000',
    ]);
  });

  test('needs no Secret for the registry where none is served', () => {
    const { app } = platform([creditcard]);
    expect(Credential.allIn(app).map(({ secretName }) => secretName)).not.toContain('creditcard-registry');
  });

  test('is watched against the very version that is served', () => {
    expect(platform([{ ...version3, drift: {} }]).detector('creditcard').model).toEqual({
      name: 'Credit Card',
      version: '3',
    });
  });
});

test('a model from a folder is watched against the version that you name, and the newest only if you ask for it', () => {
  const { detector } = platform([
    { ...creditcard, drift: { registeredModel: { name: 'creditcard', version: 'latest' } } },
    { ...creditcard, name: 'b', drift: { registeredModel: { name: 'Fraud', version: 7 } } },
  ]);
  expect([detector('creditcard').model, detector('b').model]).toEqual([
    { name: 'creditcard', version: 'latest' },
    { name: 'Fraud', version: '7' },
  ]);
});

test('a server of your own is a container without files', () => {
  const { predictors } = platform([{ name: 'own', image: 'registry.example.org/own:1', protocol: 'v1' }]);
  const [{ graph, componentSpecs }] = predictors('own') as [Loose];
  expect(graph).toEqual({ name: 'own', type: 'MODEL' });
  expect(componentSpecs[0].spec.containers[0]).toMatchObject({
    name: 'own',
    image: 'registry.example.org/own:1',
    startupProbe: { tcpSocket: { port: 'http' } },
  });
});

describe('a model of transformers', () => {
  const classifier = { name: 'mood', server: 'huggingface', task: 'text-classification', uri: 's3://models/mood/1' };

  test('is told its task, and to take the files that were fetched instead of some from the Internet', () => {
    const shadow = { registeredModel: { name: 'Mood', version: 2 } };
    const { predictors } = platform([{ ...classifier, canary: { uri: 's3://models/mood/2', traffic: 10 }, shadow }]);
    for (const { graph } of predictors('mood')) {
      expect(graph.implementation).toBe('HUGGINGFACE_SERVER');
      expect(graph.parameters).toEqual([
        { name: 'task', type: 'STRING', value: 'text-classification' },
        { name: 'pretrained_model', type: 'STRING', value: '/mnt/models' },
      ]);
    }
  });

  test('alone has parameters', () => {
    expect(platform([creditcard]).predictors('creditcard')[0].graph.parameters).toBeUndefined();
  });
});

describe('a canary', () => {
  const canary = { ...version4, traffic: 10 };

  test('shares the traffic, under the same URL and with the same pods', () => {
    const { predictors } = platform([{ ...version3, replicas: 3, canary }]);
    const [main, other] = predictors('creditcard') as [Loose, Loose];
    expect([main.name, main.traffic, other.name, other.traffic]).toEqual(['default', 90, 'canary', 10]);
    expect([main.graph.modelUri, other.graph.modelUri]).toEqual(['models:/Credit Card/3', 'models:/Credit Card/4']);
    // v2 has the name of the node in its URLs.
    expect(other.graph.name).toBe(main.graph.name);
    expect(other.componentSpecs[0].spec).toEqual(main.componentSpecs[0].spec);
    expect([main.replicas, other.replicas]).toEqual([3, 3]);
    expect(other.svcOrchSpec.resources).toEqual(main.svcOrchSpec.resources);
  });

  test('has no disruption budget of its own: the model has one that selects its pods too', () => {
    const { predictors } = platform([{ ...version3, replicas: 3, canary }]);
    expect(predictors('creditcard').map(({ componentSpecs }) => componentSpecs[0].pdbSpec)).toEqual([
      { maxUnavailable: 1 },
      undefined,
    ]);
  });

  test('streams to the topic of the model, and the detector leaves its answers out', () => {
    const { predictors, detector } = platform([
      { ...version3, protocol: 'v1', canary, drift: { detectors: ['ks', 'adwin'] } },
    ]);
    const [main, other] = predictors('creditcard') as [Loose, Loose];
    expect(main.graph.logger).toEqual({ mode: 'all' });
    expect(other.graph.logger).toEqual(main.graph.logger);
    expect(other.svcOrchSpec.env).toEqual(main.svcOrchSpec.env);
    expect(detector('creditcard').filter).toEqual({ modelId: 'creditcard', answersOf: main.name });
  });
});

test('a shadow gets copies of the requests and streams none of them', () => {
  const { predictors } = platform([
    { ...version3, drift: {}, shadow: version4 },
    { ...creditcard, name: 'b', shadow: { uri: 's3://models/b/2', traffic: 25 } },
  ]);
  const [main, shadow] = predictors('creditcard') as [Loose, Loose];
  // The only predictor that answers has no share.
  expect([main.traffic, main.shadow]).toEqual([undefined, undefined]);
  expect(shadow).toMatchObject({ name: 'shadow', shadow: true, traffic: 100 });
  expect([shadow.graph.logger, shadow.svcOrchSpec.env]).toEqual([undefined, undefined]);
  expect(predictors('b')[1].traffic).toBe(25);
});

describe('the revision of a predictor, by which a deploy knows that Seldon has seen a change,', () => {
  const revisions = (model: object): string[] =>
    platform([{ ...version3, ...model }])
      .predictors('creditcard')
      .map(({ annotations }) => annotations['mlops-infra/revision'] as string);
  const canary = { ...version4, traffic: 10 };
  const [before = ''] = revisions({});

  test.each([
    ['the version', { registeredModel: { name: 'Credit Card', version: 4 } }],
    ['the protocol', { protocol: 'v1' }],
    ['resources', { resources: { cpu: '333m' } }],
    ['the stream', { stream: {} }],
  ])('changes with %s', (_, model) => {
    expect(revisions(model)[0]).toMatch(/^[0-9a-f]{8}$/);
    expect(revisions(model)).not.toEqual([before]);
  });

  // With them the pods would be replaced for nothing.
  test('does not change with its share of the requests, nor with the number of its pods', () => {
    expect(revisions({ replicas: 3 })).not.toContain(undefined);
    expect(revisions({ canary })).toEqual(revisions({ canary: { ...canary, traffic: 50 } }));
    expect(revisions({ replicas: 2 })).toEqual(revisions({ replicas: 3 }));
    expect(revisions({ canary })[0]).toBe(before);
  });

  test('is another one for a canary that is the same', () => {
    const [main, same] = revisions({ canary: { registeredModel: version3.registeredModel, traffic: 10 } });
    expect(same).not.toBe(main);
  });
});

test('no pod of a model gets a token of the API server', () => {
  const { predictors } = platform([
    { ...version3, canary: { ...version4, traffic: 10 }, shadow: version4 },
    { name: 'own', image: 'own.example.org/model:1.4.0' },
  ]);
  const specs = [...predictors('creditcard'), ...predictors('own')].map(
    ({ componentSpecs: [{ spec }] }: Loose) => spec,
  );
  expect(specs.map(({ automountServiceAccountToken }) => automountServiceAccountToken)).toEqual([
    ...[false, false, false],
    false,
  ]);
});

test('autoscaling takes the place of a fixed number of pods, for every predictor', () => {
  const autoscaling = { min: 2, max: 5, cpuPercent: 70 };
  const { predictors } = platform([{ ...version3, autoscaling, canary: { ...version4, traffic: 50 } }]);
  for (const { replicas, componentSpecs } of predictors('creditcard')) {
    expect(replicas).toBeUndefined();
    expect(componentSpecs[0].hpaSpec).toEqual({
      minReplicas: 2,
      maxReplicas: 5,
      metricsv2: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
      ],
    });
  }
  expect(predictors('creditcard')[0].componentSpecs[0].pdbSpec).toEqual({ maxUnavailable: 1 });
});
