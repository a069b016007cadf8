import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { Server } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { type Container, type KubernetesObject, nameOf } from '../../../../lib/kubernetes/object';
import { type Labels, matches } from '../../../../lib/kubernetes/selection';
import type { ControlPlane } from '../control-plane';
import type { Program } from '../workspace';
import { commandOf, environmentOf } from './environment';
import { forward } from './forward';
import { identityOf, type PodIdentity, securityOf } from './identity';
import type { Neighbour, Specification } from './specification';
import { makeFolder, mountsOf } from './volumes';

/** What a container's image brings; everything else is taken from the manifests. */
export interface Image {
  /** Its ENTRYPOINT: path of the program in the image, and arguments. */
  readonly entrypoint: readonly [string, ...string[]];
  /** The same program on this machine. */
  readonly program: string;
  /** Its USER, for pods that name none. */
  readonly user: number;
  /** Further files of it: path → content. @default none */
  readonly files?: Readonly<Record<string, string>>;
  /** Further programs of it: path → the same program on this machine. @default none */
  readonly programs?: Readonly<Record<string, string>>;
}

export interface PodOptions {
  /** As the output or the cluster has it. */
  readonly workload: KubernetesObject;
  readonly image: Image;
  /** @default the first container */
  readonly container?: string;
  /** Instead of the container's own. */
  readonly command?: readonly string[];
  /** What it reaches besides the API server. @default nothing */
  readonly neighbours?: readonly Neighbour[];
  /** Folder of the pod's volumes, for several of its containers. @default one of its own */
  readonly volumes?: string;
}

/**
 * One container of a workload as a process, with all that a kubelet would give it: command, arguments, environment,
 * volumes, user, a read-only file system, a network of its own, and the token of its ServiceAccount.
 */
export class Pod {
  private readonly servers: Server[] = [];

  private constructor(
    readonly identity: PodIdentity,
    readonly container: Container,
    private readonly specification: Specification,
    readonly program: Program,
  ) {}

  static async start(cluster: ControlPlane, { workload, image, ...options }: PodOptions): Promise<Pod> {
    const identity = identityOf(cluster, workload);
    const { spec } = identity;
    const containers = [...spec.containers, ...(spec.initContainers ?? [])];
    const container = containers.find(({ name }) => options.container === undefined || name === options.container);
    if (container === undefined) throw new Error(`${nameOf(workload)} has no container ${options.container ?? ''}`);
    const folder = mkdtempSync(cluster.path('pod-'));
    const sockets = join(folder, 's');
    const root = join(folder, 'root');
    mkdirSync(sockets);
    makeFolder(join(root, 'tmp'));
    const { host, port } = cluster;
    const neighbours = [{ host, port, at: { host, port } }, ...(options.neighbours ?? [])];
    copyInto(root, { ...baseFiles(identity, neighbours), ...image.files });
    for (const [path, program] of Object.entries({ [image.entrypoint[0]]: image.program, ...image.programs })) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      copyFileSync(program, join(root, path));
      chmodSync(join(root, path), 0o755);
    }

    const { runAsUser: uid, runAsGroup, readOnlyRootFilesystem: readOnlyRoot } = securityOf(spec, container);
    const { fsGroup, supplementalGroups = [], sysctls = [] } = spec.securityContext ?? {};
    const gid = runAsGroup ?? 0;
    const env = await environmentOf(identity, container);
    const specification: Specification = {
      root,
      readOnlyRoot: readOnlyRoot ?? false,
      mounts: await mountsOf(identity, container, options.volumes ?? join(folder, 'volumes')),
      user: { uid: uid ?? image.user, gid },
      groups: fsGroup === undefined ? [gid, ...supplementalGroups] : [fsGroup, ...supplementalGroups],
      env,
      argv: options.command ?? commandOf(container, image.entrypoint, env),
      ports: await portsOf(identity, container),
      sockets,
      neighbours: neighbours.map((neighbour, index) => ({ ...neighbour, socket: join(sockets, `n${index}`) })),
      sysctls: Object.fromEntries(sysctls.map(({ name, value }) => [name, value])),
    };
    const file = join(folder, 'specification.json');
    writeFileSync(file, JSON.stringify(specification), { mode: 0o600 });
    const servers = await Promise.all(specification.neighbours.map(({ socket, at }) => forward({ path: socket }, at)));
    const namespaces = ['--mount', '--net', '--pid', '--fork', '--kill-child'];
    const command = [...namespaces, process.execPath, join(__dirname, 'sandbox.cjs'), file];
    const program = cluster.workspace.start(`${identity.name}.${basename(folder)}`, 'unshare', command, {
      env: { PATH: process.env.PATH ?? '' },
    });
    const pod = new Pod(identity, container, specification, program);
    pod.servers.push(...servers);
    return pod;
  }

  /** Runs a container to its end. */
  static async run(cluster: ControlPlane, options: PodOptions): Promise<{ code: number | null; log: string }> {
    const pod = await Pod.start(cluster, options);
    const code = await pod.program.ended;
    await pod.stop();
    return { code, log: pod.log() };
  }

  /** Who it is to the API server. */
  get user(): string {
    return `system:serviceaccount:${this.identity.namespace}:${this.identity.serviceAccount}`;
  }

  log(): string {
    return this.program.log();
  }

  /** Answer to a GET over plain HTTP at one of its ports, by number or name. */
  get(port: number | string, path: string): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      request({ socketPath: this.socket(port), path, headers: { host: 'localhost' }, timeout: 20_000 }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      })
        .on('error', reject)
        .end();
    });
  }

  /** The socket that leads to one of its ports. */
  socket(port: number | string): string {
    const { ports, sockets } = this.specification;
    const number = this.container.ports?.find(({ name }) => name === port)?.containerPort ?? port;
    if (!ports.some((known) => known === number)) throw new Error(`${this.identity.name} has no port ${port}`);
    return join(sockets, `${number}`);
  }

  /**
   * Answers at the address of a Service for it, as kube-proxy would: so the API server finds its webhooks. Service
   * addresses are on loopback here.
   */
  async serve(serviceName: string): Promise<void> {
    const { cluster, namespace } = this.identity;
    const { spec } = await cluster.json<Service>('get', 'service', serviceName, '--namespace', namespace);
    for (const { port, targetPort } of spec.ports) {
      this.servers.push(await forward({ host: spec.clusterIP, port }, { path: this.socket(targetPort ?? port) }));
    }
  }

  /**
   * What it may not do, each once: requests that the API server has refused it, and what it complains of itself. Empty
   * where it has every right that it has used so far.
   */
  refusals(): string[] {
    const refused = this.identity.cluster
      .requests()
      .filter(({ user, code }) => user === this.user && code === 403)
      .map(({ verb, uri }) => `${verb} ${uri.replace(/\?.*/, '')}`);
    const complaints = this.log()
      .split('\n')
      .filter((line) => line.includes('is forbidden: '));
    return [...new Set([...refused, ...complaints])];
  }

  async stop(): Promise<void> {
    await this.program.stop();
    for (const server of this.servers.splice(0)) server.close();
  }
}

interface Service {
  readonly spec: {
    readonly clusterIP: string;
    readonly selector?: Labels;
    readonly ports: readonly { readonly port: number; readonly targetPort?: number | string }[];
  };
}

/** Ports that a container names, and those that Services lead to without a name. */
async function portsOf({ cluster, namespace, metadata }: PodIdentity, container: Container): Promise<number[]> {
  const named = (container.ports ?? []).map(({ containerPort }) => containerPort);
  const { items } = await cluster.json<{ items: Service[] }>('get', 'services', '--namespace', namespace);
  const targets = items
    .filter(({ spec: { selector } }) => selector && matches(metadata.labels ?? {}, { matchLabels: selector }))
    .flatMap(({ spec }) => spec.ports.map(({ port, targetPort = port }) => targetPort));
  return [...new Set([...named, ...targets.filter((target) => typeof target === 'number')])];
}

const baseFiles = ({ name }: PodIdentity, neighbours: readonly Neighbour[]): Record<string, string> => ({
  '/etc/hosts': [
    `127.0.0.1 localhost ${name}`,
    ...neighbours.map(({ host, names = [] }) => [host, ...names].join(' ')),
    '',
  ].join('\n'),
  '/etc/resolv.conf': 'nameserver 127.0.0.1\n',
  '/etc/passwd': 'root:x:0:0:root:/:/\nnobody:x:65534:65534:nobody:/:/\n',
});

function copyInto(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}
