import type { Construct } from 'constructs';
import type { Rule } from '../checks/rule';
import type { ConnectionProps } from '../graph/connection';
import { Offered } from '../graph/offered';
import type { Labels } from '../kubernetes/selection';

/** Pods of the user that use services of the platform. */
export interface Client {
  readonly namespace: string;
  /** Empty for every pod of the namespace. */
  readonly podLabels: Labels;
  /** Names of services. */
  readonly to: readonly string[];
}

/** What the clients of a config connect to. */
export const clientConnections = (app: Construct, clients: readonly Client[]): ConnectionProps[] =>
  clients.flatMap(({ namespace, podLabels: labels, to }) =>
    Offered.allIn(app)
      .filter(({ service }) => to.includes(service))
      .map(({ service, target }) => ({
        from: { title: titleOf(labels), namespace, labels },
        to: target,
        purpose: `a client of ${service}`,
        later: true,
      })),
  );

const titleOf = (labels: Labels): string =>
  Object.keys(labels).length === 0
    ? 'every pod'
    : Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(',');

/** Clients are pods of the user's own namespaces: whom pods of the platform reach follows from what they are. */
export const clientViolations: Rule = (index) =>
  [...index.output.external.clientNamespaces]
    .filter((namespace) => index.find('Namespace', undefined, namespace) !== undefined)
    .map(
      (namespace) =>
        `networkPolicies.clients: ${namespace} is a namespace of the platform (name one of yours; for other pods in it, write a NetworkPolicy of your own)`,
    );
