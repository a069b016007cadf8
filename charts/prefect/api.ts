import type { k8s } from 'cdk8s-plus-27';
import type { Endpoint } from '../../lib/graph/endpoint';
import type { SecretKeyRef } from '../../lib/graph/secret-spec';

/** Prefect's API, and what opens it to a program in a namespace with that Secret. */
export interface PrefectApi {
  readonly endpoint: Endpoint;
  /** `user:password` of HTTP Basic authentication. */
  readonly login: SecretKeyRef;
}

/** The variables by which every client of Prefect finds the API and logs in. */
export const apiVariables = ({ endpoint, login: { name, key } }: PrefectApi): k8s.EnvVar[] => [
  { name: 'PREFECT_API_URL', value: endpoint.url() },
  { name: 'PREFECT_API_AUTH_STRING', valueFrom: { secretKeyRef: { name, key } } },
];
