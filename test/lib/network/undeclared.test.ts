import { parseConfig } from '../../../charts/config';
import type { Output } from '../../../lib/checks/output';
import { OutputIndex } from '../../../lib/checks/output-index';
import { nameOfSubject, nameOfTarget } from '../../../lib/graph/connection';
import { Endpoint } from '../../../lib/graph/endpoint';
import { undeclaredViolations } from '../../../lib/network/undeclared';
import { completeConfig } from '../../support/complete-config';
import type { Loose } from '../../support/config';
import { assemble } from '../../support/output';
import { usual } from '../../support/usual-config';

const undeclared = (output: Output): string[] => undeclaredViolations(new OutputIndex(output));

test('each connection that is left out is missed, with both ends, the address and what to write', async () => {
  const output = await assemble(parseConfig(usual));
  const connections = output.connections.filter(({ purpose }) => purpose !== 'runs and registered models');
  expect(undeclared({ ...output, connections })).toEqual([
    "Secret/mlops-mlflow/mlflow-secret: keys.MLFLOW_BACKEND_STORE_URI.template has the address postgresql-mlflow.mlops-mlflow.svc.cluster.local:5432, but Deployment/mlops-mlflow/mlflow-tracking-server has no connection to StatefulSet/mlops-mlflow/postgresql-mlflow:5432 (write this.uses('Deployment/mlflow-tracking-server', …) where it is made, or say in unusedAddresses why not)",
  ]);
});

test('no connection to a Service can be left out, but for those whose address is in no object', async () => {
  const output = await assemble(completeConfig);
  const unnoticed = output.connections
    .filter(({ from, to, later }) => typeof from === 'object' && to instanceof Endpoint && later !== true)
    .filter((left) => {
      const connections = output.connections.filter((connection) => connection !== left);
      return undeclared({ ...output, connections }).length === 0;
    });
  expect(unnoticed.map(({ from, to }) => `${nameOfSubject(from)} → ${nameOfTarget(to)}`)).toEqual([
    // Their own.
    'StatefulSet/team-a-kafka/kafka-controller → kafka-controller-headless.team-a-kafka.svc.k8s.example.org:9093',
    'StatefulSet/team-a-kafka/kafka-controller → kafka-controller-headless.team-a-kafka.svc.k8s.example.org:9094',
    // The worker hands it on.
    'flow runs (team-a-flows) → prefect-server.team-a-prefect.svc.k8s.example.org:4200',
    // istiod has it from a RequestAuthentication, which no pod reads as a file.
    'Deployment/istio-system/istiod → login.example.org:443',
  ]);
});

const written = 'minio.mlops-minio.svc.cluster.local:9000';

test.each([
  ['a variable', { env: [{ name: 'STORE', value: `http://${written}/` }] }],
  ['an argument', { args: [`--store=${written}`] }],
])('an address in %s is missed in the connections of its workload', async (_, fields) => {
  const output = await assemble(parseConfig(usual));
  expect(undeclared(output)).toEqual([]);
  const changed: Loose = { ...output, files: structuredClone(output.files) };
  const exporter = changed.files
    .flatMap(({ objects }: Loose) => objects)
    .find(({ kind, metadata }: Loose) => kind === 'Deployment' && metadata.name === 'kafka-exporter');
  Object.assign(exporter.spec.template.spec.containers[0], fields);
  expect(undeclared(changed as Output)).toEqual([
    expect.stringContaining(
      `has the address ${written}, but Deployment/mlops-kafka/kafka-exporter has no connection to Deployment/mlops-minio/minio:9000`,
    ),
  ]);
});
