import { isDeepStrictEqual } from 'node:util';
import { eventually } from '../cluster/workspace';
import type { Cluster } from './cluster';
import { shellImage } from './images/make';

/** Namespace of the server and of one client. */
export const inside = 'mlops-test-inside';
/** Namespace of the other clients. */
export const outside = 'mlops-test-outside';

/** Pods that call: two have the same label, and two are in the same namespace. */
const clients = {
  friend: { namespace: outside, role: 'friend' },
  stranger: { namespace: outside, role: 'stranger' },
  neighbour: { namespace: inside, role: 'friend' },
} as const;
type Client = keyof typeof clients;

/** How they call the server: at two ports of its pod, and by the name and the address of its Service. */
export const everything = ['http', 'metrics', 'name', 'service'] as const;
export type Way = (typeof everything)[number];

/** What is open: client → ways, in the order of `everything`. */
export type Ways = Readonly<Record<Client, readonly Way[]>>;
export const everywhere: Ways = { friend: everything, stranger: everything, neighbour: everything };
export const nowhere: Ways = { friend: [], stranger: [], neighbour: [] };

/** A server in one namespace, and clients in two, that show what a NetworkPolicy does. */
export class Callers {
  private constructor(
    private readonly cluster: Cluster,
    /** Way → host and port. */
    private readonly targets: Readonly<Record<Way, string>>,
    /** Of the server's pod. */
    readonly address: string,
  ) {}

  /** Starts the pods, and waits until they are ready. */
  static async start(cluster: Cluster): Promise<Callers> {
    const namespaces = [inside, outside].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
    const pods = Object.entries(clients).map(([name, { namespace, role }]) =>
      pod(name, namespace, { role }, ['sleep', '3600']),
    );
    await cluster.apply({ apiVersion: 'v1', kind: 'List', items: [...namespaces, ...server, ...pods] });
    for (const namespace of [inside, outside])
      await cluster.kubectl(['wait', '--for=condition=Ready', 'pod', '--all', '-n', namespace, '--timeout=120s']);
    const { podIP } = (await cluster.json('get', 'pod', 'server', '-n', inside)).status;
    const { clusterIP } = (await cluster.json('get', 'service', 'server', '-n', inside)).spec;
    const targets = {
      http: `${podIP} 8080`,
      metrics: `${podIP} 8081`,
      name: `server.${inside} 80`,
      service: `${clusterIP} 80`,
    };
    return new Callers(cluster, targets, podIP);
  }

  /** Takes away all of it, and what a start that failed has left. */
  static async stop(cluster: Cluster): Promise<void> {
    await cluster.kubectl(['delete', 'namespace', '--ignore-not-found', inside, outside]);
  }

  /** Makes or changes a policy for all pods of a namespace. */
  async policy(namespace: string, name: string, spec: object): Promise<void> {
    await this.cluster.apply({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name, namespace },
      spec: { podSelector: {}, ...spec },
    });
  }

  async withoutPolicies(): Promise<void> {
    for (const namespace of [inside, outside])
      await this.cluster.kubectl(['delete', 'networkpolicies', '--all', '-n', namespace]);
  }

  /** Lets the server's readiness probe fail, or succeed; waits until the kubelet has seen it. */
  async ready(isReady: boolean): Promise<void> {
    await this.cluster.exec(inside, 'server', ...(isReady ? ['touch', '/www/ready'] : ['rm', '/www/ready']));
    const condition = `--for=condition=Ready=${String(isReady)}`;
    await this.cluster.kubectl(['wait', condition, 'pod/server', '-n', inside, '--timeout=60s']);
  }

  /** Waits until exactly these ways are open. @throws Error that says so where policies change nothing */
  async open(expected: Ways): Promise<void> {
    let found: Readonly<Record<string, readonly string[]>> = {};
    const asExpected = async (): Promise<boolean> => {
      const each = (Object.keys(clients) as Client[]).map(async (client) => [client, await this.openTo(client)]);
      found = Object.fromEntries(await Promise.all(each)) as typeof found;
      return isDeepStrictEqual(found, expected);
    };
    await eventually('these ways are open', asExpected, { seconds: 30 }).catch((error: unknown) => {
      if (isDeepStrictEqual(found, {})) throw error;
    });
    if (isDeepStrictEqual(found, everywhere) && !isDeepStrictEqual(expected, everywhere))
      throw new Error('NetworkPolicies change nothing: this cluster has no controller for them');
    expect(found).toEqual(expected);
  }

  /** Tries each way anew. What is called without a request hangs up. */
  private async openTo(client: Client): Promise<string[]> {
    const tries = Object.entries(this.targets).map(
      ([way, target]) => `(timeout 5 nc -w 3 ${target} < /dev/null > /dev/null 2>&1 && echo ${way}) &`,
    );
    const script = [...tries, 'wait'].join('\n');
    const said = await this.cluster.exec(clients[client].namespace, client, 'sh', '-c', script);
    return said.split('\n').filter(Boolean).sort();
  }
}

const pod = (name: string, namespace: string, labels: object, command: readonly string[], more = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels },
  spec: {
    terminationGracePeriodSeconds: 0,
    automountServiceAccountToken: false,
    containers: [{ name: 'main', image: shellImage, command, ...more }],
  },
});

const serve = 'mkdir /www && touch /www/ready && httpd -p 8081 -h /www && exec httpd -f -p 8080 -h /www';

/** A pod that listens on two ports, and the Service of the first. */
const server: readonly object[] = [
  pod('server', inside, { app: 'server' }, ['sh', '-c', serve], {
    ports: [
      { name: 'http', containerPort: 8080 },
      { name: 'metrics', containerPort: 8081 },
    ],
    readinessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 1, failureThreshold: 1 },
  }),
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'server', namespace: inside },
    spec: { selector: { app: 'server' }, ports: [{ port: 80, targetPort: 'http' }] },
  },
];
