import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import { labels } from '../metadata';
import { dnsLabel, port, text } from '../primitives';

const example = '10.20.0.0/16';

const block = text(
  'a block of addresses, as its first IPv4 or IPv6 address, "/" and the length of its prefix',
  (value) => {
    const [, address = '', length = ''] = /^([^/]*)\/(0|[1-9]\d{0,2})$/.exec(value) ?? [];
    // Kubernetes takes no IPv4 address in the form of IPv6, and nothing behind the prefix (1.36, StrictIPCIDRValidation).
    if (!isIPv4(address) && (!isIPv6(address) || address.includes('.') || /^::ffff:/i.test(address))) return false;
    const bits = bitsOf(address);
    return Number(length) <= bits.length && !bits.slice(Number(length)).includes('1');
  },
  example,
);

/** The bits of an address, as zeros and ones. */
function bitsOf(address: string): string {
  const binary = (part: string, radix: number, size: number): string =>
    Number.parseInt(part, radix).toString(2).padStart(size, '0');
  if (isIPv4(address))
    return address
      .split('.')
      .map((part) => binary(part, 10, 8))
      .join('');
  const [head = [], tail = []] = address.split('::').map((half) => half.split(':').filter((part) => part !== ''));
  const gap = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...gap, ...tail].map((part) => binary(part, 16, 16)).join('');
}

const ports = (number: number) =>
  z
    .array(port(number), { error: `must be a list with at least one port (write e.g. [${number}])` })
    .refine((list) => list.length > 0, { error: `must be a list with at least one port (write e.g. [${number}])` })
    .meta({ examples: [[number]] });

const oneOf = <const Names extends readonly [string, ...string[]]>(names: Names) => {
  const error = `must be one of ${names.map((name) => JSON.stringify(name)).join(', ')} (write e.g. "${names[0]}")`;
  return z.enum(names, { error });
};

/**
 * Who may talk to whom, beside what the platform itself needs.
 *
 * @param offered what pods of other namespaces may ask for
 * @param leaving whose pods may be let out
 */
export const networkPoliciesSection = <
  const Offered extends readonly [string, ...string[]],
  const Leaving extends readonly [string, ...string[]],
>(
  offered: Offered,
  leaving: Leaving,
) =>
  z
    .union(
      [
        z.literal(false),
        z.strictObject({
          /**
           * `kubernetes`: NetworkPolicies, which most networks enforce. `cilium`: where Cilium is the network, also
           * policies of its own, which know host names, the API server and the nodes.
           * @default 'kubernetes'
           * @example 'cilium'
           */
          flavor: oneOf(['kubernetes', 'cilium']).default('kubernetes'),
          /**
           * Ports of the API server's endpoints, which `kubectl get endpointslices -n default` lists. A policy sees
           * these, not the port of the Service `kubernetes`.
           * @default [443, 6443, 8443, 16443]
           * @example [6443]
           */
          apiServerPorts: ports(6443).default([443, 6443, 8443, 16443]),
          /**
           * Addresses of DNS servers that are no pods of kube-system.
           * @default ['169.254.20.10/32'], that of NodeLocal DNSCache
           * @example ['169.254.20.10/32', '10.96.0.10/32']
           */
          dns: z
            .array(block, { error: 'must be a list of blocks of addresses (write e.g. ["169.254.20.10/32"])' })
            .default(['169.254.20.10/32']),
          /**
           * Pods of your own, in other namespaces, that use services of the platform.
           * @default []
           * @example [{ namespace: 'notebooks', to: ['mlflow'] }]
           */
          clients: z
            .array(
              z.strictObject({
                /**
                 * Their namespace.
                 * @example 'notebooks'
                 */
                namespace: dnsLabel('notebooks'),
                /**
                 * Labels of the pods.
                 * @default every pod of the namespace
                 * @example { app: 'jupyter' }
                 */
                podLabels: labels.default({}),
                /**
                 * Services that they use.
                 * @example ['mlflow']
                 */
                to: z
                  .array(oneOf(offered), { error: `must be a list of services (write e.g. ["${offered[0]}"])` })
                  .meta({ examples: [[offered[0]]] }),
              }),
              { error: 'must be a list of clients (write [] for none)' },
            )
            .default([]),
          /**
           * Addresses outside the cluster that pods of the platform may reach, beside those in the config. Flow runs
           * reach the Internet on ports 80 and 443, but no private addresses.
           * @default []
           * @example [{ from: 'flowRuns', to: '10.20.0.0/16', ports: [5432] }]
           */
          destinations: z
            .array(
              z.strictObject({
                /**
                 * Whose pods.
                 * @example 'flowRuns'
                 */
                from: oneOf(leaving),
                /**
                 * Block of addresses.
                 * @example '10.20.0.0/16'
                 */
                to: block,
                /**
                 * Ports there.
                 * @example [5432]
                 */
                ports: ports(5432),
              }),
              { error: 'must be a list of destinations (write [] for none)' },
            )
            .default([]),
        }),
      ],
      { error: 'must be false or an object (write false for no policies, {} for the defaults)' },
    )
    .prefault({});
