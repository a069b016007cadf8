import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { resources, tokenlessPod } from '../../lib/kubernetes/pods';
import { addProgramJob } from '../../lib/graph/program-job';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import type { ClusterContext } from '../context';
import type { KafkaConnection } from './connection';
import { stream as streamSchema, type StreamConfig } from './service';

/** What a topic needs to know about its model. */
interface StreamedModel {
  readonly name: string;
  readonly stream?: StreamConfig;
}

export interface TopicsProps {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  /** The models with a topic. */
  readonly models: readonly StreamedModel[];
  readonly kafka: KafkaConnection;
}

/** Name of the topic with the requests of a model. */
export const topicOf = ({ name }: { readonly name: string }): string => `predictions-${name}`;

/** Whether the requests of a model are streamed to a topic. A detector requires it. */
export const isStreamed = ({ stream, drift }: { readonly stream?: object; readonly drift?: object }): boolean =>
  stream !== undefined || drift !== undefined;

const name = 'topics';

/** Even with the longest names, this stays far below the size limit of `kubectl apply`. */
const topicsPerConfigMap = 1000;

/** The Job that creates every missing topic and never changes an existing one. */
export class Topics extends ServiceChart {
  constructor(scope: Construct, id: string, { cluster, namespace, models, kafka }: TopicsProps) {
    super(scope, id, { wave: Wave.Applications, namespace });
    const lists = chunks(models.map(topic), topicsPerConfigMap).map(
      (topics, index) =>
        new k8s.KubeConfigMap(this, `list-${index}`, {
          metadata: { name: `${name}-${index}` },
          data: { [`${index}.json`]: `[\n${topics.map((item) => JSON.stringify(item)).join(',\n')}\n]\n` },
        }),
    );
    new k8s.KubeServiceAccount(this, 'service-account', { metadata: { name }, automountServiceAccountToken: false });
    addProgramJob(this, name, {
      // The user ID in the image of programs/drift.
      ...tokenlessPod(name, 10001),
      containers: [
        {
          name,
          image: cluster.images.reference('driftDetector'),
          command: ['python', '-m', 'drift.topics', '/etc/topics'],
          env: [{ name: 'KAFKA_BOOTSTRAP_SERVERS', value: kafka.bootstrapServers }],
          resources: resources({ cpu: '10m', cpuLimit: '500m', memory: '64Mi', memoryLimit: '256Mi' }),
          volumeMounts: [{ name: 'lists', mountPath: '/etc/topics', readOnly: true }],
        },
      ],
      volumes: [{ name: 'lists', projected: { sources: lists.map((list) => ({ configMap: { name: list.name } })) } }],
    });
    for (const broker of kafka.endpoints) this.uses(`Job/${name}`, broker, 'makes the topics of the models');
  }
}

const defaults = streamSchema.parse({});

/** The format of programs/drift/src/drift/topics.py. The brokers' settings decide the number of copies. */
function topic(model: StreamedModel): object {
  const { partitions, retention } = model.stream ?? defaults;
  return { name: topicOf(model), partitions, retentionMs: milliseconds(retention) };
}

const hours: Readonly<Record<string, number>> = { h: 1, d: 24, w: 7 * 24, y: 365 * 24 };

const milliseconds = (duration: string): number =>
  Number(duration.slice(0, -1)) * (hours[duration.slice(-1)] ?? Number.NaN) * 3_600_000;

const chunks = <Item>(items: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
