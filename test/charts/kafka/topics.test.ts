import { Topics, type TopicsProps } from '../../../charts/kafka/topics';
import type { Loose } from '../../support/config';
import { kafka } from '../../support/neighbours';
import { objectsOf, serviceOf, testSnapshots, type Add } from '../../support/service';

const topicsOf =
  (models: TopicsProps['models']): Add =>
  (app, cluster) => {
    const props: Required<TopicsProps> = { cluster, namespace: 'watch', models, kafka };
    return new Topics(app, 'topics', props);
  };

describe('topics with every option set, and with none', () => {
  testSnapshots(topicsOf([{ name: 'creditcard', stream: { partitions: 3, retention: '2d' } }, { name: 'calm' }]));
});

describe('the Job that makes the topics', () => {
  const written = (models: TopicsProps['models']) => {
    const objects: readonly Loose[] = objectsOf(serviceOf(topicsOf(models)));
    return {
      jobs: objects.filter(({ kind }) => kind === 'Job'),
      lists: objects.filter(({ kind }) => kind === 'ConfigMap'),
    };
  };

  test('is one, however many there are, and reads them from lists that can be applied', () => {
    const names = Array.from({ length: 2500 }, (_, index) => `${'m'.repeat(44)}${index}`);
    const { jobs, lists } = written(names.map((name) => ({ name })));
    expect(jobs).toHaveLength(1);
    const [volume] = jobs[0].spec.template.spec.volumes as [Loose];
    const read = volume.projected.sources.map(({ configMap }: Loose) => configMap.name);
    expect(read).toEqual(['topics-0', 'topics-1', 'topics-2']);
    expect(lists.map(({ metadata }) => metadata.name).sort()).toEqual(read);
    const topics = lists
      .flatMap(({ data }) => Object.values(data as Record<string, string>))
      .map((text) => JSON.parse(text));
    expect(
      topics
        .flat()
        .map(({ name }: Loose) => name)
        .sort(),
    ).toEqual(names.map((name) => `predictions-${name}`).sort());
    expect(Math.max(...lists.map((list) => JSON.stringify(list).length))).toBeLessThan(200_000);
  });

  test('is a new one when they change, because a Job cannot be changed', () => {
    const jobWith = (partitions: number): string =>
      written([{ name: 'creditcard', stream: { partitions, retention: '7d' } }]).jobs[0].metadata.name;
    expect(jobWith(1)).toMatch(/^topics-[0-9a-f]{8}$/);
    expect([jobWith(2) === jobWith(1), jobWith(1) === jobWith(1)]).toEqual([false, true]);
  });
});
