import { eventually } from '../cluster/workspace';
import { kubectl, type Target } from '../cluster/kubectl';
import type { Loose } from '../../support/config';
import { Proxy } from './proxy';

export interface PodRun {
  readonly image: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** @default 300 */
  readonly seconds?: number;
}

/** A cluster that is there, as its user sees it: by kubectl, and by the address of a node. */
export class Cluster {
  private runs = 0;
  private readonly urls = new Map<string, string>();
  /** For what is looked at again and again. */
  readonly proxy: Proxy;

  /** @param address of a node, for what is exposed */
  constructor(
    readonly target: Target,
    readonly address: string,
  ) {
    this.proxy = new Proxy(target);
  }

  /** Standard output of a kubectl that must succeed. @throws Error with what it said */
  async kubectl(args: readonly string[], input?: string): Promise<string> {
    const { code, stdout, stderr } = await kubectl(args, this.target, input);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}${stdout}`);
    return stdout;
  }

  async json(...args: string[]): Promise<Loose> {
    return JSON.parse(await this.kubectl([...args, '-o', 'json']));
  }

  async apply(object: object): Promise<void> {
    await this.kubectl(['apply', '-f', '-'], JSON.stringify(object));
  }

  /** How often each object of a folder has been changed so far: its name → its generation. */
  async generations(folder: string): Promise<Record<string, number>> {
    const { items } = await this.json('get', '-f', folder);
    return Object.fromEntries(
      items.map(({ kind, metadata }: Loose) => [
        [kind, metadata.namespace, metadata.name].join('/'),
        metadata.generation,
      ]),
    );
  }

  /** What a program in a running container prints. @param pod its name, or `deployment/<name>` */
  exec(namespace: string, pod: string, ...command: string[]): Promise<string> {
    return this.kubectl(['exec', '-n', namespace, pod, '--', ...command]);
  }

  /** A key of a Secret. */
  async secret(namespace: string, name: string, key: string): Promise<string> {
    const { data } = await this.json('get', 'secret', name, '-n', namespace);
    return Buffer.from(data[key] ?? '', 'base64').toString();
  }

  /** Address of a Service from outside, by its node port, which the manifests say: it is asked for once. */
  async url(namespace: string, service: string): Promise<string> {
    const known = this.urls.get(`${namespace}/${service}`) ?? (await this.urlOf(namespace, service));
    this.urls.set(`${namespace}/${service}`, known);
    return known;
  }

  private async urlOf(namespace: string, service: string): Promise<string> {
    const { spec } = await this.json('get', 'service', service, '-n', namespace);
    const { nodePort } = spec.ports[0];
    if (nodePort === undefined) throw new Error(`${namespace}/${service} has no node port`);
    return `http://${this.address}:${nodePort}`;
  }

  /** Runs a pod to its end, and gives its log. @throws Error with the log, where it fails */
  async runPod(name: string, { image, command, env = {}, seconds = 300 }: PodRun): Promise<string> {
    const pod = `${name}-${++this.runs}-${Date.now().toString(36)}`;
    await this.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: pod, namespace: 'default' },
      spec: {
        restartPolicy: 'Never',
        containers: [{ name, image, command, env: Object.entries(env).map(([key, value]) => ({ name: key, value })) }],
      },
    });
    let phase = '';
    const ended = async (): Promise<boolean> => {
      phase = (await this.proxy.get(`/api/v1/namespaces/default/pods/${pod}`)).status.phase;
      return ['Succeeded', 'Failed'].includes(phase);
    };
    await eventually(`the pod ${pod} has ended`, ended, { seconds, every: 1000 });
    const log = await this.kubectl(['logs', '-n', 'default', pod]);
    if (phase !== 'Succeeded') throw new Error(`${command.join(' ')} failed:\n${log}`);
    await this.kubectl(['delete', 'pod', pod, '-n', 'default', '--wait=false']);
    return log;
  }
}

/** The JSON of an answer; with a body it is a POST. @throws Error with the text of any other */
export async function ask(url: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Loose> {
  const answer = await fetch(url, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: { 'content-type': 'application/json', ...headers },
    signal: AbortSignal.timeout(20_000),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url}: status ${answer.status}: ${text.slice(0, 500)}`);
  return text === '' ? undefined : JSON.parse(text);
}
