import type { Endpoint } from '../../lib/graph/endpoint';

/** Everyone who may call MLflow, by the name under which they know it. */
export interface Callers {
  /** Names of its Services. */
  readonly services: readonly string[];
  readonly namespace: string;
  /** DNS domain of the cluster. */
  readonly domain: string;
  readonly port: number;
  /** Address outside the cluster. @default it is not exposed */
  readonly exposed?: Endpoint;
  /** `host` or `host:port`, from the config. */
  readonly allowedHosts: readonly string[];
}

/**
 * Values of the header `Host` that MLflow answers; all others get a 403, so that no website can reach it through the
 * browser of somebody who can. `/health` is open. MLflow 3.17.2, server/security_utils.py, compares whole values, and
 * this list replaces its own.
 *
 * @returns values, of which some refer to the variable POD_IP
 */
export function allowedHosts({ services, namespace, domain, port, exposed, allowedHosts: more }: Callers): string[] {
  const inCluster = services.flatMap((name) =>
    ['', `.${namespace}`, `.${namespace}.svc`, `.${namespace}.svc.${domain}`].map((suffix) => name + suffix),
  );
  // Prometheus scrapes the address of the pod; `kubectl port-forward` leads from this port of the user's machine.
  const hosts = [...inCluster, '$(POD_IP)', '[$(POD_IP)]', 'localhost', '127.0.0.1'];
  const outside = exposed === undefined ? [] : [hostOf(exposed.url())];
  return [...new Set([...hosts.flatMap((host) => [host, `${host}:${port}`]), ...outside, ...more])];
}

/**
 * Values of the header `Origin` with which browsers may write. MLflow's own pages send it, too. Who serves the hosts of
 * the config over TLS is not known here, so both schemes are allowed.
 */
export const allowedOrigins = ({ exposed, allowedHosts: more }: Callers): string[] => [
  ...new Set([
    ...(exposed === undefined ? [] : [exposed.url()]),
    ...more.flatMap((host) => [`http://${host}`, `https://${host}`]),
  ]),
];

/** Host and port, as a browser sends them: without the port that the scheme implies. */
const hostOf = (url: string): string => url.replace(/^\w+:\/\//, '');
