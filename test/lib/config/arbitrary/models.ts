import fc, { type Arbitrary } from 'fast-check';
import type { Pen } from './pen';
import { figures } from './values';

const names = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'store',
    'service',
    'settings',
    'credential',
    'a-config',
    'default',
    'default-default',
    'constructor',
  ),
  fc.stringMatching(/^[a-z]([-a-z0-9]{0,46}[a-z0-9])?$/),
);

/** One of the models. */
export function models(pen: Pen): Arbitrary<unknown> {
  const { write, some } = pen;
  const watch = {
    detectors: write(
      fc.uniqueArray(
        fc.oneof(
          { weight: 9, arbitrary: fc.constantFrom('mmd', 'ks', 'psi') },
          fc.constantFrom('adwin', 'page-hinkley'),
        ),
        { minLength: 1 },
      ),
    ),
    reference: write(fc.constantFrom('artifacts/a.csv', 'a "b"\n{c}')),
    dropColumns: write(fc.uniqueArray(fc.string({ minLength: 1 }).filter((text) => !text.includes('\0')))),
    window: write(fc.integer({ min: 20, max: 1000 })),
  };
  const registered = (versions: Arbitrary<unknown>): Arbitrary<unknown> =>
    some({ name: write(fc.constantFrom('Credit Card', '{x}')), version: write(versions) }, 'name', 'version');
  const sources = {
    uri: write(fc.constantFrom('s3://models/a', 's3://bucket.name/a"b"')),
    registeredModel: registered(fc.integer({ min: 1, max: 9 })),
    image: write(fc.constantFrom('registry.example.org/own:1', `own@sha256:${'0'.repeat(64)}`)),
  };
  const scalings = {
    replicas: write(fc.integer({ min: 1, max: 5 })),
    autoscaling: some(
      {
        min: write(fc.constantFrom(1, 2, 9)),
        max: write(fc.integer({ min: 2, max: 9 })),
        cpuPercent: write(fc.constantFrom(50, 300)),
      },
      'max',
    ),
  };
  const traffic = write(fc.integer({ min: 1, max: 99 }));
  const retrain = some(
    {
      deployment: write(fc.constantFrom('train/production', 'a "b"/c {d}')),
      alerts: write(fc.constantFrom(['DriftDetected'], ['DriftDetected', 'ä'])),
      atMostEvery: write(fc.constantFrom('1h', '2w')),
    },
    'deployment',
  );
  /** A model with what it serves written once, and its number of pods too. */
  const model = (
    source: keyof typeof sources,
    scaling: keyof typeof scalings,
    more: Readonly<Record<string, Arbitrary<unknown>>>,
  ): Arbitrary<unknown> => {
    const isImage = source === 'image';
    const other = isImage ? source : 'uri';
    return some(
      {
        name: write(names),
        [source]: sources[source],
        ...(isImage ? {} : { server: write(fc.constantFrom('mlflow', 'sklearn', 'xgboost', 'triton')) }),
        protocol: write(fc.oneof({ weight: 9, arbitrary: fc.constant('v2') }, fc.constant('v1'))),
        [scaling]: scalings[scaling],
        resources: figures(pen),
        canary: some({ [source]: sources[source], traffic }, source, 'traffic'),
        shadow: some({ [other]: sources[other], traffic }, other),
        stream: some({
          partitions: write(fc.integer({ min: 1, max: 9 })),
          retention: write(fc.constantFrom('1h', '7d', '99y')),
        }),
        drift:
          source === 'registeredModel'
            ? some(watch)
            : some({ ...watch, registeredModel: registered(fc.constantFrom('latest', 3)) }, 'registeredModel'),
        alerts: some({
          errorRate: write(fc.constantFrom(0.001, 0.5, 1)),
          p95Seconds: write(fc.constantFrom(0.05, 10)),
        }),
        ...more,
      },
      'name',
      source,
      ...('retrain' in more ? ['drift' as const] : []), // It needs that.
      ...('task' in more ? ['task' as const] : []),
      ...(isImage ? [] : ['server']),
    );
  };
  const pipeline = {
    server: write(fc.constant('huggingface')),
    task: write(fc.constantFrom('fill-mask', 'text2text-generation')),
  };
  return fc.oneof(
    ...(['uri', 'registeredModel', 'image'] as const).flatMap((source) =>
      (['replicas', 'autoscaling'] as const).flatMap((scaling) => [
        { weight: 9, arbitrary: model(source, scaling, {}) },
        { weight: 1, arbitrary: model(source, scaling, { retrain }) },
        ...(source === 'image' ? [] : [{ weight: 2, arbitrary: model(source, scaling, pipeline) }]),
      ]),
    ),
  );
}
