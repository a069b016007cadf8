import { comparesAnswers } from '../../../charts/drift/detectors';
import { Models, type ModelsProps } from '../../../charts/models/models';
import { addressesOf, build } from '../../../charts/synthesize';
import { completeConfig } from '../../support/complete-config';
import { creditcard, parse, type Loose } from '../../support/config';
import { kafka, store } from '../../support/neighbours';
import { endpoint, testSnapshots } from '../../support/service';
import { platform } from './platform';

describe('models with every option set', () => {
  testSnapshots((app, cluster) => {
    const props: Required<ModelsProps> = {
      cluster,
      namespace: 'serving',
      sizes: completeConfig.sizes,
      models: completeConfig.models,
      store,
      kafka,
      streamsAnswers: comparesAnswers,
      mlflow: { endpoint: endpoint('tracking', 5000), artifactsUri: 's3://runs' },
      address: endpoint('gateway', 80),
      gateway: { title: 'gateway', namespace: 'mesh', labels: { app: 'my-gateway' } },
      destinations: [{ addresses: '198.51.100.0/24', ports: [8443] }],
    };
    return new Models(app, 'models', props);
  });
});

describe('the topics', () => {
  const topicsIn = ({ objects }: ReturnType<typeof platform>): Loose[] =>
    objects
      .filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('topics-'))
      .flatMap(({ data }) =>
        Object.values(data as Record<string, string>).flatMap((text) => JSON.parse(text) as Loose[]),
      );

  test('are those of the models that stream, with the settings of each', () => {
    const built = platform([
      { ...creditcard, drift: { registeredModel: { name: 'creditcard', version: 1 } } },
      { ...creditcard, name: 'b', stream: { partitions: 3, retention: '2w' } },
      { ...creditcard, name: 'c' },
    ]);
    expect(topicsIn(built)).toEqual([
      { name: 'predictions-creditcard', partitions: 1, retentionMs: 7 * 86_400_000 },
      { name: 'predictions-b', partitions: 3, retentionMs: 14 * 86_400_000 },
    ]);
    const topicOf = (name: string): unknown => built.predictors(name)[0].svcOrchSpec.env?.[1].value;
    expect(['creditcard', 'b', 'c'].map(topicOf)).toEqual(['predictions-creditcard', 'predictions-b', undefined]);
    expect(built.detector('creditcard').kafka.topic).toBe('predictions-creditcard');
  });

  test('are made in a Kafka of your own too', () => {
    const external = { bootstrapServers: ['a.example.org:9092', 'b.example.org:9092'] };
    const { get } = platform([{ ...creditcard, stream: {} }], { services: { kafka: { external } } });
    expect(get('Job', 'topics').spec.template.spec.containers[0].env).toEqual([
      { name: 'KAFKA_BOOTSTRAP_SERVERS', value: 'a.example.org:9092,b.example.org:9092' },
    ]);
  });
});

test('the summary has the address that each model answers predictions at', () => {
  const config = parse({ models: [creditcard, { name: 'own', image: 'own:1', protocol: 'v1' }] });
  expect(addressesOf(build(config)).filter(({ service }) => service.startsWith('model '))).toEqual([
    {
      service: 'model creditcard',
      url: 'http://192.0.2.10:30080/seldon/mlops-models/creditcard/v2/models/creditcard/infer',
    },
    { service: 'model own', url: 'http://192.0.2.10:30080/seldon/mlops-models/own/api/v1.0/predictions' },
  ]);
});
