import { serviceSpec } from '../kubernetes/kube-service';
import { nameOf } from '../kubernetes/object';
import { containersOf, type Workload } from '../kubernetes/workload';
import type { Rule } from './rule';

/** A form of names, with the rule in words: k8s.io/apimachinery, pkg/util/validation/validation.go. */
interface Form {
  readonly pattern: RegExp;
  readonly max: number;
  readonly words: string;
}

const label: Form = {
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  max: 63,
  words: 'at most 63 lower-case letters, digits and hyphens',
};
const serviceName: Form = {
  pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
  max: 63,
  words: 'at most 63 lower-case letters, digits and hyphens, with a letter first',
};
const subdomain: Form = {
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  max: 253,
  words: 'at most 253 lower-case letters, digits, hyphens and dots',
};
const pathSegment: Form = { pattern: /^(?!\.\.?$)[^/%]+$/, max: 253, words: 'a path segment without "/" and "%"' };
const dataKey: Form = { pattern: /^(?!\.\.?$)[-._a-zA-Z0-9]+$/, max: 253, words: 'letters, digits, ".", "-" and "_"' };
const portName: Form = {
  pattern: /^(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  max: 15,
  words: 'at most 15 lower-case letters, digits and hyphens',
};
const variable: Form = {
  pattern: /^[-._a-zA-Z][-._a-zA-Z0-9]*$/,
  max: 253,
  words: 'letters, digits, ".", "-" and "_"',
};
const labelText: Form = {
  pattern: /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/,
  max: 63,
  words: 'at most 63 letters, digits, ".", "-" and "_", with a letter or digit at both ends',
};

/** Names that are not DNS subdomains. */
const formOfKind: Readonly<Record<string, Form>> = {
  Namespace: label,
  Service: serviceName,
  Role: pathSegment,
  ClusterRole: pathSegment,
  RoleBinding: pathSegment,
  ClusterRoleBinding: pathSegment,
  // Each pod gets a label of its Job's name.
  Job: { ...subdomain, max: 63, words: 'at most 63 lower-case letters, digits, hyphens and dots' },
  // Each pod gets a label of its StatefulSet's name and ten more characters (kubernetes/kubernetes issue 64023).
  StatefulSet: { ...label, max: 52, words: 'at most 52 lower-case letters, digits and hyphens' },
};

/** Names, labels and keys are such as the API server takes. */
export const nameViolations: Rule = ({ objects, workloads, output }) => [
  ...objects.flatMap((object) => {
    const { name, labels, annotations } = object.metadata;
    const problems = [
      ...problem('metadata.name', name, formOfKind[object.kind] ?? subdomain),
      ...labelProblems('label', labels),
      ...Object.keys(annotations ?? {}).flatMap((key) => labelKeyProblems('annotation', key)),
      ...(object.kind === 'ConfigMap' ? dataKeys(object.data).flatMap((key) => problem('data', key, dataKey)) : []),
      ...(object.kind === 'Service'
        ? (serviceSpec(object).ports ?? []).flatMap((port) => problem('port name', port.name ?? 'x', label))
        : []),
    ];
    return problems.map((text) => `${nameOf(object)}: ${text}`);
  }),
  ...workloads.flatMap((workload) => podProblems(workload).map((text) => `${nameOf(workload.object)}: ${text}`)),
  ...output.secrets.flatMap(({ namespace, name, keys }) =>
    [...problem('name', name, subdomain), ...Object.keys(keys).flatMap((key) => problem('key', key, dataKey))].map(
      (text) => `Secret/${namespace}/${name}: ${text}`,
    ),
  ),
];

function podProblems({ labels, annotations, spec }: Workload): string[] {
  return [
    ...labelProblems('pod label', labels),
    ...Object.keys(annotations).flatMap((key) => labelKeyProblems('pod annotation', key)),
    ...(spec.volumes ?? []).flatMap(({ name }) => problem('volume name', name, label)),
    ...containersOf(spec).flatMap(({ name, ports = [], env = [] }) => [
      ...problem('container name', name, label),
      ...ports.flatMap((port) => (port.name === undefined ? [] : problem('port name', port.name, portName))),
      ...env.flatMap((item) => problem('env', item.name, variable)),
    ]),
  ];
}

const dataKeys = (data: unknown): string[] => Object.keys(data ?? {});

function labelProblems(what: string, labels: Readonly<Record<string, string>> = {}): string[] {
  const problems: string[] = [];
  for (const key in labels) {
    const value = labels[key] ?? '';
    problems.push(...labelKeyProblems(what, key), ...problem(`value of ${what} ${key}`, value, labelText));
  }
  return problems;
}

function labelKeyProblems(what: string, key: string): string[] {
  const slash = key.indexOf('/');
  const prefix = slash < 0 ? none : problem(`prefix of ${what}`, key.slice(0, slash), subdomain);
  return [...prefix, ...problem(what, key.slice(slash + 1) || '/', labelText)];
}

const none: string[] = [];

const problem = (what: string, text: string, { pattern, max, words }: Form): string[] =>
  text.length <= max && pattern.test(text) ? none : [`${what} "${text}" is not valid (use ${words})`];
