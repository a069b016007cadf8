import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { KafkaExporter, type KafkaExporterProps } from '../../../charts/kafka/exporter';
import type { Loose } from '../../support/config';
import { completeConfig } from '../../support/complete-config';
import { kafka } from '../../support/neighbours';
import { type Add, objectsOf, serviceOf, testSnapshots } from '../../support/service';

const add: Add = (app, cluster) => {
  const size = completeConfig.sizes.kafkaExporter;
  const props: Required<KafkaExporterProps> = { cluster, namespace: 'stream', size, kafka, brokers: 3 };
  return new KafkaExporter(app, 'kafka-exporter', props);
};

describe("Kafka's exporter with every option set", () => {
  testSnapshots(add);
});

test('the exporter starts once any of the brokers accepts connections, and its log says what it waits for', async () => {
  const pod: Loose = objectsOf(serviceOf(add)).find(({ kind }) => kind === 'Deployment')?.spec;
  const [command, option, script] = pod.template.spec.initContainers[0].command;
  const [absent, broker] = [createServer(), createServer()];
  for (const server of [absent, broker]) await once(server.listen(0, '127.0.0.1'), 'listening');
  const addresses = [absent, broker].map((server) => `127.0.0.1/${(server.address() as AddressInfo).port}`);
  for (const server of [absent, broker]) await once(server.close(), 'close');
  const wait = spawn(command, [option, `sleep() { command sleep 0.05; }\n${script}`, command, ...addresses]);
  const [said] = await once(wait.stdout, 'data');
  // It may have said that more than once by now.
  expect(String(said).split('\n')[0]).toBe(`waiting for Kafka at ${addresses.join(' ')}`);
  expect(wait.exitCode).toBeNull();
  await once(broker.listen(Number(addresses[1]?.split('/')[1]), '127.0.0.1'), 'listening');
  const [code] = await once(wait, 'exit');
  broker.close();
  expect(code).toBe(0);
});
