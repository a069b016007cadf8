import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../../support/cli';
import { ApiClient } from './client';
import { kubectl } from './kubectl';
import { build, etcd, kubernetes, type KubernetesVersion } from './tools';
import { eventually, freePorts, type Program, Workspace } from './workspace';

export interface ControlPlaneOptions {
  readonly version: KubernetesVersion;
  /** People with credentials of their own: name → groups. @default {} */
  readonly users?: Readonly<Record<string, readonly string[]>>;
  /** Where nodes reach it. @default it has no nodes, and listens on loopback */
  readonly network?: Network;
}

/** What a control plane with nodes has of its own. */
export interface Network {
  /** Where the API server listens, for nodes and pods. */
  readonly address: string;
  /** First two numbers of the addresses of Services. */
  readonly services: string;
  /** Certificate and key, as files, with which it calls kubelets. */
  readonly kubeletClient: { readonly cert: string; readonly key: string };
}

export interface KubectlOptions {
  /** Text for the standard input. */
  readonly input?: string;
  /** Whose credentials. @default the administrator's */
  readonly kubeconfig?: string;
}

/** What the API server has answered to a request, by its audit log. */
export interface AuditedRequest {
  readonly user: string;
  readonly verb: string;
  readonly uri: string;
  readonly code: number;
}

const loopback = '127.0.0.1';

/** A real API server with its etcd for one test file; on loopback where it has no nodes. */
export class ControlPlane {
  readonly workspace = new Workspace();
  readonly host: string;
  /** File with the certificates that the server's own is to be checked with. */
  readonly ca = this.path('certificates/apiserver.crt');
  /** Kubeconfig of the administrator, a member of system:masters. */
  readonly kubeconfig = this.path('admin.kubeconfig');
  /** First two numbers of the addresses of Services: test files that run at once have different ones. */
  readonly serviceNetwork: string;
  /** Requests of the administrator without kubectl. */
  readonly api: ApiClient;
  private readonly tokens = new Map<string, string>();
  private apiServer?: Program;
  private apiServerBinary = '';

  private constructor(
    readonly version: KubernetesVersion,
    readonly port: number,
    private readonly etcdPort: number,
    users: Readonly<Record<string, readonly string[]>>,
    private readonly network: Network | undefined,
  ) {
    this.host = network?.address ?? loopback;
    this.serviceNetwork = network?.services ?? `127.${95 + Number(process.env.JEST_WORKER_ID ?? 1)}`;
    this.writeFiles({ ...users, admin: ['system:masters'] });
    this.api = new ApiClient(this, this.tokenOf('admin'));
    this.writeKubeconfig(this.kubeconfig, this.tokenOf('admin'));
  }

  static async start({ version, users = {}, network }: ControlPlaneOptions): Promise<ControlPlane> {
    const store = await build(etcd);
    const programs = await build(kubernetes(version));
    const [port = 0, etcdPort = 0, peerPort = 0] = await freePorts(3);
    const plane = new ControlPlane(version, port, etcdPort, users, network);
    try {
      plane.apiServerBinary = join(programs, 'kube-apiserver');
      await plane.startEtcd(join(store, 'etcd'), peerPort);
      await plane.startApiServer();
    } catch (error) {
      await plane.stop();
      throw error;
    }
    return plane;
  }

  get url(): string {
    return `https://${this.host}:${this.port}`;
  }

  /** A path in the folder that is removed at the end. */
  path(name: string): string {
    return join(this.workspace.folder, name);
  }

  /** Runs kubectl to its end, with nothing of the caller's environment. */
  kubectl(args: readonly string[], { input, kubeconfig = this.kubeconfig }: KubectlOptions = {}): Promise<Outcome> {
    return kubectl(args, { kubeconfig, home: this.workspace.folder }, input);
  }

  /** Standard output of a kubectl that must succeed, as JSON. */
  async json<T>(...args: string[]): Promise<T> {
    const { code, stdout, stderr } = await this.kubectl([...args, '-o', 'json']);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
    return JSON.parse(stdout) as T;
  }

  /** Kubeconfig of one of the `users`. */
  userKubeconfig(name: string): string {
    return this.writeKubeconfig(this.path(`${name}.kubeconfig`), this.tokenOf(name));
  }

  /** A token as a pod of this ServiceAccount gets it, good for an hour. @param audiences @default the API server */
  async serviceAccountToken(namespace: string, name: string, audiences?: readonly string[]): Promise<string> {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences } };
    const { status } = await this.api.must<{ status: { token: string } }>('POST', path, { body });
    return status.token;
  }

  /** Kubeconfig of a ServiceAccount, with its own token and no impersonation. */
  async serviceAccountKubeconfig(namespace: string, name: string): Promise<string> {
    const token = await this.serviceAccountToken(namespace, name);
    return this.writeKubeconfig(this.path(`${namespace}.${name}.kubeconfig`), token);
  }

  /** Starts the API server on the port and the data that it had, and waits until it is ready. */
  async startApiServer(): Promise<void> {
    const program = this.workspace.start('kube-apiserver', this.apiServerBinary, this.apiServerArguments());
    this.apiServer = program;
    const answers = async (path: string): Promise<boolean> => (await this.api.send('GET', path)).status === 200;
    const ready = async (): Promise<boolean> =>
      (await answers('/readyz')) &&
      (await answers('/api/v1/namespaces/default')) &&
      (await answers('/api/v1/namespaces/kube-system'));
    await eventually('the API server is ready', ready, { seconds: 120, program });
  }

  /** Ends the API server without notice. */
  async killApiServer(): Promise<void> {
    await this.apiServer?.stop('SIGKILL');
  }

  async restartApiServer(): Promise<void> {
    await this.killApiServer();
    await this.startApiServer();
  }

  /**
   * Starts the controllers: Deployments make ReplicaSets and Pods, owners take along what they own. Without nodes every
   * Pod stays Pending.
   */
  async startControllers(): Promise<Program> {
    const programs = await build(kubernetes(this.version));
    const args = {
      kubeconfig: this.kubeconfig,
      'service-account-private-key-file': this.path('service-account.key'),
      'root-ca-file': this.ca,
      'use-service-account-credentials': 'true',
      'leader-elect': 'false',
      // Nodes that are objects only have no kubelet that reports: it would take their pods away.
      ...(this.network === undefined ? { controllers: '*,-nodelifecycle' } : {}),
      'secure-port': '0',
    };
    const binary = join(programs, 'kube-controller-manager');
    const program = this.workspace.start('kube-controller-manager', binary, flags(args));
    const path = '/api/v1/namespaces/default/configmaps/kube-root-ca.crt';
    const published = async (): Promise<boolean> => (await this.api.send('GET', path)).status === 200;
    await eventually('the controllers act', published, { program });
    return program;
  }

  /** Everything that the API server was asked and has answered so far. */
  requests(): AuditedRequest[] {
    const lines = readFileSync(this.path('audit.log'), 'utf8').split('\n');
    lines.pop(); // Empty, or still being written.
    return lines.map((line) => {
      const { user, verb, requestURI, responseStatus } = JSON.parse(line) as AuditEvent;
      return { user: user.username, verb, uri: requestURI, code: responseStatus?.code ?? 0 };
    });
  }

  /** Ends everything, and removes every file. */
  async stop(): Promise<void> {
    this.api.close();
    await this.workspace.dispose();
  }

  private async startEtcd(binary: string, peerPort: number): Promise<void> {
    const client = `http://${loopback}:${this.etcdPort}`;
    const peer = `http://${loopback}:${peerPort}`;
    const args = {
      'data-dir': this.path('etcd'),
      'listen-client-urls': client,
      'advertise-client-urls': client,
      'listen-peer-urls': peer,
      'initial-advertise-peer-urls': peer,
      'initial-cluster': `default=${peer}`,
      'unsafe-no-fsync': 'true',
      'log-level': 'warn',
    };
    const program = this.workspace.start('etcd', binary, flags(args));
    await eventually('etcd is healthy', async () => (await fetch(`${client}/health`)).ok, { program });
  }

  private apiServerArguments(): string[] {
    return flags({
      'etcd-servers': `http://${loopback}:${this.etcdPort}`,
      'bind-address': this.host,
      'advertise-address': this.host,
      'secure-port': `${this.port}`,
      ...this.towardsNodes(),
      'cert-dir': this.path('certificates'),
      'service-cluster-ip-range': `${this.serviceNetwork}.0.0/16`,
      'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
      'service-account-signing-key-file': this.path('service-account.key'),
      'service-account-key-file': this.path('service-account.pub'),
      'authorization-mode': 'Node,RBAC',
      'token-auth-file': this.path('users.csv'),
      // As kubeadm sets it; what may be privileged is for Pod Security to say.
      'allow-privileged': 'true',
      'audit-policy-file': this.path('audit-policy.yaml'),
      'audit-log-path': this.path('audit.log'),
      'audit-log-mode': 'blocking',
    });
  }

  private towardsNodes(): Record<string, string> {
    // No Endpoints of the Service `kubernetes`: addresses on loopback are not valid in one.
    if (this.network === undefined) return { 'endpoint-reconciler-type': 'none' };
    const { cert, key } = this.network.kubeletClient;
    return {
      'enable-admission-plugins': 'NodeRestriction',
      'kubelet-client-certificate': cert,
      'kubelet-client-key': key,
      'kubelet-preferred-address-types': 'InternalIP',
    };
  }

  private writeFiles(users: Readonly<Record<string, readonly string[]>>): void {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(this.path('service-account.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
    writeFileSync(this.path('service-account.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }), {
      mode: 0o600,
    });
    const rows = Object.entries(users).map(([name, groups]) => {
      const token = randomBytes(24).toString('hex');
      this.tokens.set(name, token);
      return `${token},${name},${name},"${groups.join(',')}"\n`;
    });
    writeFileSync(this.path('users.csv'), rows.join(''), { mode: 0o600 });
    const policy = {
      apiVersion: 'audit.k8s.io/v1',
      kind: 'Policy',
      omitStages: ['RequestReceived'],
      rules: [{ level: 'Metadata' }],
    };
    writeFileSync(this.path('audit-policy.yaml'), JSON.stringify(policy));
  }

  private writeKubeconfig(path: string, token: string): string {
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'test', cluster: { server: this.url, 'certificate-authority': this.ca } }],
      users: [{ name: 'test', user: { token } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
      'current-context': 'test',
    };
    writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
    return path;
  }

  private tokenOf(name: string): string {
    const token = this.tokens.get(name);
    if (token === undefined) throw new Error(`no user ${name}: name it when the control plane is started`);
    return token;
  }
}

interface AuditEvent {
  readonly user: { readonly username: string };
  readonly verb: string;
  readonly requestURI: string;
  readonly responseStatus?: { readonly code?: number };
}

const flags = (values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).map(([name, value]) => `--${name}=${value}`);
