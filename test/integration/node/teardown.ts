import { kubeconfigVariable } from './given';
import { realImages } from './images/pull';
import { prepared } from './prepare';

const notCovered = [
  'several nodes, and node pools with taints',
  ...(realImages
    ? []
    : ['images as their authors publish them: those of other projects are made from package registries']),
  'load balancers, Ingresses and what is outside of the node: the tests call from the node, which no policy keeps out',
];

/** Says at the end what a passed run does not show. */
export default function teardown(): void {
  if (process.env[kubeconfigVariable] !== undefined) return;
  const { standIns, missing } = prepared();
  const absent = Object.entries(missing).map(([image, why]) => `${image} was not started: ${why}`);
  const lines = [...notCovered, ...standIns, ...absent].map((line) => `  - ${line}\n`);
  process.stderr.write(`\nNot covered by test:node:\n${lines.join('')}\n`);
}
