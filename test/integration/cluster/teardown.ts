import { imagePins } from '../../../charts/config';
import { seldonOperatorVariable } from './images';
import { missingModules, noNamespaces } from './optional';

const notCovered = [
  'kubelets and container runtimes: no image is pulled, no container starts, no probe runs',
  'the scheduler and nodes: every Pod stays Pending; sizes are not tried against a capacity',
  'volumes: no provisioner binds a claim',
  'the network: Services, node ports, load balancers, Ingresses and cluster DNS',
  'what operators start: executors and model servers are made, but do not run',
  'what the exporters of Kafka and PostgreSQL export: no broker and no server is there',
];

/** Says at the end what a passed run does not show. */
export default function teardown(): void {
  const { [seldonOperatorVariable]: operator } = process.env;
  const older = `Seldon Core's operator ${imagePins.seldonOperator.tag}: 1.16.0 runs in its place (${seldonOperatorVariable} names another one)`;
  const programs = [...(operator === undefined ? [older] : []), ...missingModules()];
  const missing = noNamespaces === undefined ? programs : [noNamespaces];
  process.stderr.write(
    `\nNot covered by test:cluster:\n${[...notCovered, ...missing].map((line) => `  - ${line}\n`).join('')}\n`,
  );
}
