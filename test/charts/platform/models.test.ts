import { longestPrefix } from '../../../charts/config';
import { longestModelName } from '../../../charts/models/config';
import { creditcard } from '../../support/config';
import { platform, watched } from './platform';

describe('models', () => {
  const servers = ['mlflow', 'sklearn', 'xgboost', 'huggingface', 'triton'] as const;

  test('of every kind are served, with either protocol where the server speaks both', async () => {
    const models = servers.flatMap((server) =>
      (server === 'mlflow' ? (['v1', 'v2'] as const) : (['v2'] as const)).map((protocol) => ({
        ...{ name: `${server}-${protocol}`, server, protocol, uri: `s3://models/${server}` },
        ...(server === 'huggingface' ? { task: 'fill-mask' as const } : {}),
      })),
    );
    const { get } = await platform({ models });
    for (const { name, server, protocol, uri } of models) {
      const { spec } = get('SeldonDeployment', name);
      expect(spec.protocol).toBe(protocol === 'v1' ? 'seldon' : 'v2');
      expect(spec.predictors[0].graph).toMatchObject({
        name,
        implementation: `${server.toUpperCase()}_SERVER`,
        modelUri: uri,
      });
    }
  });

  test('have replicas and resources of their own', async () => {
    const { get } = await platform({
      models: [{ ...creditcard, replicas: 4, resources: { cpu: '333m', memoryLimit: '7Gi' } }],
    });
    const [predictor] = get('SeldonDeployment', 'creditcard').spec.predictors;
    expect(predictor.replicas).toBe(4);
    expect(predictor.componentSpecs[0].spec.containers[0].resources).toMatchObject({
      requests: { cpu: '333m' },
      limits: { memory: '7Gi' },
    });
  });

  test('are watched by a detector with the settings of each', async () => {
    const drift = {
      detectors: ['ks', 'adwin'],
      reference: 'a/b.csv',
      dropColumns: ['Class'],
      registeredModel: { name: 'Fraud', version: 7 },
      window: 321,
    };
    const { get } = await platform({
      models: [
        { ...creditcard, protocol: 'v1', drift },
        { ...creditcard, name: 'calm' },
      ],
    });
    const settings = get('ConfigMap', 'drift-detector-creditcard').data['config.yaml'];
    for (const text of ['"ks"', '"adwin"', 'a/b.csv', 'Class', 'Fraud', '7', '321', 'predictions-creditcard'])
      expect(settings).toContain(text);
    const loggerOf = (name: string): unknown => get('SeldonDeployment', name).spec.predictors[0].graph.logger;
    // Concept drift compares answers with the truth, so the answers are streamed too.
    expect([loggerOf('creditcard'), loggerOf('calm')]).toEqual([{ mode: 'all' }, undefined]);
  });

  test('may have any name that is accepted, also one that a part of the platform has', async () => {
    const names = [
      'store',
      'service',
      'settings',
      'credential',
      'service-account',
      'credential-config',
      'a',
      'a-config',
      'drift-detector-service',
      'default',
    ];
    const { has } = await platform({ models: names.map((name) => ({ ...watched, name })) });
    expect(
      names.filter((name) => !has('SeldonDeployment', name) || !has('Deployment', `drift-detector-${name}`)),
    ).toEqual([]);
  });

  test('and namespaces may have the longest names that are accepted', async () => {
    const [name, prefix] = ['m'.repeat(longestModelName), 'p'.repeat(longestPrefix)];
    const { has } = await platform({ name: prefix, models: [{ ...watched, name }] });
    expect(has('Namespace', `${prefix}-credentials`)).toBe(true);
    expect(has('Deployment', `drift-detector-${name}`)).toBe(true);
  });
});
