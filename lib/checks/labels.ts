import { nameOf } from '../kubernetes/object';
import { platformLabel } from '../kubernetes/labels';
import type { Rule } from './rule';

/** By these anyone finds out what an object is and whose (Kubernetes documentation, "Recommended Labels"). */
const standard = ['name', 'instance', 'part-of', 'managed-by'].map((name) => `app.kubernetes.io/${name}`);

/** Every object and every pod says what it belongs to. */
export const labelViolations: Rule = ({ objects, workloads }) => [
  ...objects.flatMap((object) =>
    missing([...standard, platformLabel], object.metadata.labels).map(
      (label) => `${nameOf(object)}: has no label ${label} (leave labels to the output, which adds them)`,
    ),
  ),
  ...workloads.flatMap(({ object, labels }) =>
    missing(standard, labels).map(
      (label) => `${nameOf(object)}: its pods have no label ${label} (add it to the template)`,
    ),
  ),
];

const missing = (wanted: readonly string[], labels: Readonly<Record<string, string>> = {}): string[] =>
  wanted.filter((label) => labels[label] === undefined);
