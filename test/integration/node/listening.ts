import { connect } from 'node:net';
import type { Cluster } from './cluster';

interface ServiceObject {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly type: string;
    readonly clusterIP?: string;
    readonly ports?: readonly { readonly port: number; readonly protocol?: string }[];
  };
}

/** Seconds that a node may take until it leads to a pod that has become ready. */
const patience = 10;

/** Services of a cluster, by a port of which a node comes to nobody who listens. */
export async function deaf(cluster: Cluster): Promise<string[]> {
  const { items } = (await cluster.proxy.get('/api/v1/services')) as { items: ServiceObject[] };
  const ports = items.flatMap(({ metadata, spec: { clusterIP = 'None', ports: all = [] } }) =>
    all
      .filter(({ protocol = 'TCP' }) => protocol === 'TCP' && clusterIP !== 'None' && clusterIP !== '')
      .map(({ port }) => ({ clusterIP, port, name: `${metadata.namespace}/${metadata.name}, port ${port}` })),
  );
  const end = Date.now() + patience * 1000;
  const found = await Promise.all(
    ports.map(async ({ clusterIP, port, name }) => {
      let failure = await failureOf(clusterIP, port);
      while (failure !== undefined && Date.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 500));
        failure = await failureOf(clusterIP, port);
      }
      return failure === undefined ? [] : [`${name}: ${failure}`];
    }),
  );
  return found.flat().sort();
}

/** Why no connection comes about; undefined where one does. */
export function failureOf(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 5000 });
    const end = (failure?: string): void => {
      socket.destroy();
      resolve(failure);
    };
    socket
      .on('connect', () => end())
      .on('timeout', () => end('no answer'))
      .on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}
