import { imagePins } from '../../../charts/config';
import { seldonOperatorVariable } from './images';
import { locateOptional, missingModules, noNamespaces, optionalPrograms } from './optional';

const notCovered = [
  'kubelets and container runtimes: no image is pulled, no container starts, no probe runs',
  'the scheduler and nodes: every Pod stays Pending; sizes are not tried against a capacity',
  'volumes: no provisioner binds a claim',
  'the network: Services, node ports, load balancers, Ingresses and cluster DNS',
  'what operators start: executors and model servers are made, but do not run',
];

/** Says at the end what a passed run does not show. */
export default function teardown(): void {
  process.stderr.write(
    `\nNot covered by test:cluster:\n${[...notCovered, ...missing()].map((line) => `  - ${line}\n`).join('')}\n`,
  );
}

function missing(): string[] {
  if (noNamespaces !== undefined) return [noNamespaces];
  const located = Object.values(optionalPrograms).map(locateOptional);
  const { [seldonOperatorVariable]: operator } = process.env;
  const older = `Seldon Core's operator ${imagePins.seldonOperator.tag}: 1.16.0 runs in its place, unless ${seldonOperatorVariable} names it`;
  return [...(operator === undefined ? [older] : []), ...missingModules(), ...located.flatMap((program) => ('missing' in program ? [program.missing] : []))];
}
