import type { OutputIndex } from '../checks/output-index';
import type { ConnectionProps } from '../graph/connection';
import { serviceOf, serviceSpec } from '../kubernetes/kube-service';
import type { KubernetesObject } from '../kubernetes/object';
import type { Workload } from '../kubernetes/workload';
import { stableName } from './pod-groups';

/** Connections that follow from objects of the output, whoever wrote them: nobody has to declare these. */
export const derivedConnections = (index: OutputIndex): ConnectionProps[] => [
  ...apiClients(index),
  ...webhooks(index),
  ...exposures(index),
];

/** Pods whose ServiceAccount has rights, and whose token they get, call the API server. */
function apiClients(index: OutputIndex): ConnectionProps[] {
  const accounts = new Set(
    index.references
      .filter(({ as, kind }) => as === 'subjects' && kind === 'ServiceAccount')
      .map(({ namespace, name }) => `${namespace}/${name}`),
  );
  const workloads = index.workloads.filter((workload) => hasToken(index, workload));
  const clients = [...workloads.map(({ object, spec }) => ({ object, spec })), ...operated(index).map(withAccount)];
  return clients
    .filter(({ object: { metadata }, spec: { serviceAccountName = 'default' } }) =>
      accounts.has(`${metadata.namespace}/${serviceAccountName}`),
    )
    .map(({ object }) => ({
      from: { kind: object.kind, namespace: object.metadata.namespace ?? '', name: stableName(object) },
      to: 'the API server',
      purpose: 'the rights of its ServiceAccount',
      later: true,
    }));
}

const withAccount = (
  object: KubernetesObject,
): { object: KubernetesObject; spec: { serviceAccountName?: string } } => ({
  object,
  spec: object.spec ?? {},
});

/** Custom resources of which an operator makes pods; their tokens are mounted unless the resource says otherwise. */
const operated = (index: OutputIndex): KubernetesObject[] =>
  index.objects.filter((object) =>
    index.output.declared.customResources.of(object).some(({ made }) => made !== undefined),
  );

/** A pod's own word counts, then that of its account (kubernetes, core/v1, PodSpec.automountServiceAccountToken). */
function hasToken(index: OutputIndex, { namespace, spec }: Workload): boolean {
  if (spec.automountServiceAccountToken !== undefined) return spec.automountServiceAccountToken;
  const account = index.find('ServiceAccount', namespace, spec.serviceAccountName ?? 'default');
  return account?.automountServiceAccountToken !== false;
}

/** The API server calls the webhooks that are registered with it. */
const webhooks = (index: OutputIndex): ConnectionProps[] =>
  index.references
    .filter(({ kind, as }) => kind === 'Service' && as.startsWith('webhook '))
    .map(({ namespace = '', name, port = 443, as }) => ({
      from: 'the API server',
      to: { service: name, namespace, port },
      purpose: as,
      later: true,
    }));

/** Whoever reaches a node, a load balancer or an Ingress reaches what is behind it. */
function exposures(index: OutputIndex): ConnectionProps[] {
  const open = index.objects
    .filter(
      (object) => object.kind === 'Service' && ['NodePort', 'LoadBalancer'].includes(serviceSpec(object).type ?? ''),
    )
    .map(serviceOf)
    .flatMap(({ name, namespace, ports }) => ports.map(({ port }) => ({ service: name, namespace, port })));
  const behindIngresses = index.references
    .filter(({ from, kind, as }) => from.kind === 'Ingress' && kind === 'Service' && as === 'backend')
    .map(({ namespace = '', name, port = 80 }) => ({ service: name, namespace, port }));
  return [...open, ...behindIngresses].map((to) => ({ from: 'anyone', to, purpose: 'exposed', later: true }));
}
