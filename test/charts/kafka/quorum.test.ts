import { dataRules } from '../../../charts/catalog';
import { keepsVoters } from '../../../charts/kafka/quorum';
import type { Config } from '../../../charts/config';
import { movedData } from '../../../cluster/deploy/moved-data';
import { objectsOf } from '../../../lib/checks/output';
import { nameOf, type KubernetesObject } from '../../../lib/kubernetes/object';
import { parse } from '../../support/config';
import { assemble } from '../../support/output';
import { object } from '../../support/live-object';

type Size = NonNullable<Config['size']>;

const outputOf = async (size: Size): Promise<readonly KubernetesObject[]> => objectsOf(await assemble(parse({ size })));
const laptop: Size = { profile: 'laptop' };
const team: Size = { profile: 'team' };
const threeBrokers: Size = { profile: 'laptop', overrides: { kafka: { replicas: 3 } } };
const teamOfOne: Size = { profile: 'team', overrides: { kafka: { replicas: 1 } } };

/** What a platform is told that is applied over another one. */
async function told(planned: Size, applied: Size): Promise<string[]> {
  const live = new Map((await outputOf(applied)).map((each) => [nameOf(each), each]));
  const seen = (await outputOf(planned)).flatMap((each) => {
    const there = live.get(nameOf(each));
    return there === undefined ? [] : [[each, there] as const];
  });
  return movedData(seen, dataRules).map(({ text, remedy }) => `${text} → ${remedy}`);
}

const configuration = 'ConfigMap/mlops-kafka/kafka-controller-configuration';
const claims = [0, 1, 2].map((broker) => `pvc/data-kafka-controller-${broker}`).join(' ');
const remove = 'kubectl -n mlops-kafka delete --ignore-not-found';

test.each([
  ['one broker becomes three', threeBrokers, laptop],
  ['a laptop becomes a team', team, laptop],
])('%s: brokers without the data would answer, so it is refused', async (_, planned, applied) => {
  expect(await told(planned, applied)).toEqual([
    `kafka: ${configuration} has a quorum of 1 broker, which cannot become one of 3 brokers: broker 0 would not start, and the new ones would answer clients without its data → ` +
      'write kafka: { replicas: 1 } in size.overrides and run npm run synth; or, to start anew without any topic, message and offset, first ' +
      `${remove} statefulset/kafka-controller configmap/kafka-controller-configuration ${claims}; or, if the disks are those of 3 brokers and the 1 was applied past this check, first ` +
      `${remove} configmap/kafka-controller-configuration`,
  ]);
});

test('three brokers become one: none would start, so it is refused, and the way back from one that became three is told', async () => {
  expect(await told(laptop, threeBrokers)).toEqual([
    expect.stringMatching(
      /^kafka: .* has a quorum of 3 brokers, which cannot become one of 1 broker: no broker would start → write kafka: \{ replicas: 3 \} in size\.overrides .* if the disks are those of 1 broker and the 3 were applied past this check, first kubectl -n mlops-kafka delete --ignore-not-found configmap\/kafka-controller-configuration$/,
    ),
  ]);
});

test('a laptop becomes a team that keeps its one broker', async () => {
  expect(await told(teamOfOne, laptop)).toEqual([]);
});

test('Kafka with its number of brokers, and whatever is no Kafka, is left alone', () => {
  const properties = (content: string, kind = 'ConfigMap') =>
    object('v1', kind, 'a', { data: { 'server.properties': content } });
  const [one, two] = ['0@a:9093', '0@a:9093,1@b:9093'].map(
    (voters) => `a=b\ncontroller.quorum.voters=${voters}\nc=d\n`,
  );
  expect(keepsVoters(properties(two ?? ''), properties(one ?? ''))).toBeDefined();
  expect(keepsVoters(properties(one ?? ''), properties(`${one ?? ''}memory=2\n`))).toBeUndefined();
  expect(keepsVoters(properties('a=b\n'), properties(two ?? ''))).toBeUndefined();
  expect(keepsVoters(properties(one ?? '', 'Secret'), properties(two ?? '', 'Secret'))).toBeUndefined();
});
