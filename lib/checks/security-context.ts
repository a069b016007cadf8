import type { Container, PodSpec } from '../kubernetes/object';
import { containersOf, type Workload } from '../kubernetes/workload';

/** The fields of a security context that the standards look at. */
export interface SecurityContext {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly procMount?: string;
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  readonly seccompProfile?: { readonly type?: string };
  readonly appArmorProfile?: { readonly type?: string };
  readonly seLinuxOptions?: { readonly type?: string; readonly user?: string; readonly role?: string };
  readonly windowsOptions?: { readonly hostProcess?: boolean };
  readonly sysctls?: readonly { readonly name: string }[];
}

/** A part of a pod that has a security context, and its name in messages. */
interface Part {
  readonly name: string;
  readonly context: SecurityContext;
}

export const contextOf = (holder: { readonly [field: string]: unknown }): SecurityContext =>
  holder.securityContext ?? {};

const podPart = ({ spec }: Workload): Part => ({ name: 'the pod', context: contextOf(spec) });

const containerParts = ({ spec }: Workload): Part[] =>
  containersOf(spec).map((container) => ({ name: `container ${container.name}`, context: contextOf(container) }));

/** A control over the security context of the pod and of each container. */
export const everywhere =
  (problem: (context: SecurityContext) => string | undefined) =>
  (pod: Workload): string[] =>
    [podPart(pod), ...containerParts(pod)].flatMap((part) => describe(part, problem(part.context)));

/** A control over each container; what the pod sets counts for all. */
export const perContainer =
  (problem: (context: SecurityContext, pod: SecurityContext) => string | undefined) =>
  (pod: Workload): string[] =>
    containerParts(pod).flatMap((part) => describe(part, problem(part.context, podPart(pod).context)));

const describe = ({ name }: Part, problem: string | undefined): string[] =>
  problem === undefined ? [] : [`${name} ${problem}`];

/** Kinds of the volumes that are none of the allowed ones. */
export const volumesExcept = ({ volumes = [] }: PodSpec, allowed: (kind: string) => boolean): string[] =>
  volumes.flatMap((volume) =>
    Object.keys(volume)
      .filter((field) => field !== 'name' && !allowed(field))
      .map((kind) => `volume ${volume.name} is a ${kind}`),
  );

/** Hosts that probes and hooks would connect to from the node. */
export function handlerHosts(container: Container): string[] {
  const { livenessProbe, readinessProbe, startupProbe, lifecycle } = container as unknown as Record<string, unknown>;
  const { postStart, preStop } = (lifecycle ?? {}) as Record<string, unknown>;
  return [livenessProbe, readinessProbe, startupProbe, postStart, preStop].flatMap((handler) => {
    const { httpGet, tcpSocket } = (handler ?? {}) as Record<string, { readonly host?: string } | undefined>;
    return [httpGet?.host, tcpSocket?.host].filter((host) => host !== undefined && host !== '') as string[];
  });
}
