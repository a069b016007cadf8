import { pathOf, type Text } from '../kubernetes/texts';
import { portProblem } from './dangling';
import type { OutputIndex } from './output-index';
import type { Rule } from './rule';

/** A name of the cluster's DNS: of a Service, or of one pod behind a headless one. */
export interface Address {
  readonly pod?: string;
  readonly service: string;
  readonly namespace: string;
  /** What follows `.svc`. @default nothing */
  readonly domain?: string;
}

/** Every address of the cluster that is written anywhere leads to a Service, and to one of its ports. */
export const addressViolations: Rule = (index) =>
  writtenAddresses(index).flatMap(({ text: { owner, place }, host, address, port }) => {
    const problem = addressProblem(index, address, port);
    return problem === undefined ? [] : [`${owner}: ${pathOf(place)} has the address ${host}, which ${problem}`];
  });

/** An address of the cluster, and the text that it stands in. */
export interface WrittenAddress {
  readonly text: Text;
  /** As it is written. */
  readonly host: string;
  readonly address: Address;
  /** @default none is written */
  readonly port?: number;
}

/**
 * Groups: scheme, host, port. Nothing that a placeholder, a wildcard or a longer word runs into. What stands before an @ may be
 * a template.
 */
const hosts =
  /(?:\b([a-z][a-z0-9+.-]*):\/\/(?:(?:\{\{[^}]*\}\}|\{(?!\{)|[^\s/@"',{])*@)?)?(?<![\w.$)}*-])((?:[a-z0-9-]+\.)*[a-z0-9-]+)\.?(?::(\d{1,5}))?(?![\w${(-])/g;

/** Every address of the cluster in the texts of an output, once for each text. */
export function writtenAddresses(index: OutputIndex): WrittenAddress[] {
  const own = index.objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);
  const suspicious = new RegExp(String.raw`\.svc\b|:\/\/|\.(${own.join('|')})\b`);
  return index.texts
    .filter(({ text }) => suspicious.test(text))
    .flatMap((text) => {
      const lines = text.text.split('\n').filter((line) => suspicious.test(line));
      const found = lines.flatMap((line) => addressesIn(index, text, line));
      return [...new Map(found.map((one) => [`${one.host}:${one.port}`, one])).values()];
    });
}

function addressesIn(index: OutputIndex, text: Text, line: string): WrittenAddress[] {
  return [...line.matchAll(hosts)].flatMap(([, scheme, host = '', digits]) => {
    const port = digits === undefined ? defaultPorts[scheme ?? ''] : Number(digits);
    const address = addressOf(index, host, { scheme, port, namespace: text.namespace });
    return address === undefined ? [] : [{ text, host, address, port }];
  });
}

const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** Schemes of URLs whose host is looked up in DNS; services declare those of their own. */
const urlSchemes: readonly string[] = ['http', 'https', 'grpc', 'grpcs', 'tcp', 'redis', 'amqp'];

interface Surroundings {
  readonly scheme?: string;
  readonly port?: number;
  readonly namespace?: string;
}

function addressOf(index: OutputIndex, host: string, { scheme, port, namespace }: Surroundings): Address | undefined {
  const full = clusterAddress(host);
  if (full !== undefined) return full;
  const names = host.split('.');
  const last = names.at(-1) ?? '';
  // `service.namespace:port`: without a port it could be anything with a dot.
  if (names.length > 1 && names.length < 4) {
    return port !== undefined && index.owns(last) ? locate(names.slice(0, -1), last) : undefined;
  }
  const isShort = names.length === 1 && isLookedUp(index, scheme) && /^[a-z]/.test(host);
  if (!isShort || host === 'localhost' || index.output.declared.checks.shortHosts.includes(host)) return undefined;
  return namespace === undefined ? undefined : { service: host, namespace };
}

/** Whether the host of a URL is a name in DNS. A scheme may name a driver, as `postgresql+asyncpg` does. */
function isLookedUp(index: OutputIndex, scheme = ''): boolean {
  const [protocol = ''] = scheme.split('+');
  return urlSchemes.includes(protocol) || index.output.declared.checks.urlSchemes.includes(protocol);
}

/** The address that a full name stands for, such as `kafka.mlops-kafka.svc.cluster.local`; undefined for other hosts. */
export function clusterAddress(host: string): Address | undefined {
  const names = host.split('.');
  const svc = names.indexOf('svc', 2);
  if (svc < 0) return undefined;
  const domain = names.slice(svc + 1).join('.');
  return { ...locate(names.slice(0, svc - 1), names[svc - 1] ?? ''), ...(domain === '' ? {} : { domain }) };
}

const locate = (names: readonly string[], namespace: string): Address => ({
  service: names.at(-1) ?? '',
  namespace,
  ...(names.length > 1 ? { pod: names.slice(0, -1).join('.') } : {}),
});

/** What is wrong with an address, after "which"; undefined when nothing is. */
export function addressProblem(index: OutputIndex, address: Address, port: number | undefined): string | undefined {
  const { pod, service: name, namespace, domain } = address;
  if (domain !== undefined && domain !== index.output.domain) {
    return `is not in the cluster's domain (write ${index.output.domain}, or set cluster.domain)`;
  }
  const service = index.service(namespace, name);
  if (service === undefined) {
    if (index.isExternal(namespace)) return undefined;
    if (!index.owns(namespace)) return `is in a namespace that is not made (correct it, or name it in the config)`;
    return `leads to no Service (add Service ${name} to ${namespace} or correct the address)`;
  }
  if (!service.headless) {
    if (pod !== undefined) return `asks for a pod of Service ${name}, which is not headless (leave "${pod}." out)`;
    return portProblem(service, port);
  }
  const pods = service.selector === undefined ? [] : index.pods.select(service.selector, namespace);
  const reached = pod === undefined ? pods : pods.filter((candidate) => candidate.name === pod);
  if (pod !== undefined && reached.length === 0) return `asks for pod ${pod}, which does not run (check the replicas)`;
  // DNS leads to the pods themselves: only what they listen on counts.
  const open = new Set(reached.flatMap(({ ports }) => ports.map(({ containerPort }) => containerPort)));
  if (port === undefined || open.size === 0 || open.has(port)) return undefined;
  return `asks for port ${port} (the pods listen on ${[...open].join(', ')})`;
}
