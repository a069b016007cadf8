import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Certificate, makeCertificate } from './certificate';
import { applyPatch, type Reply, secretProblem, type SecretObject, status } from './secret-rules';

export interface ApiRequest {
  /** As RBAC names it. Whatever is not get, create or patch of Secrets is `other`. */
  readonly verb: 'get' | 'create' | 'patch' | 'other';
  readonly namespace: string;
  readonly name: string;
  /** When it arrived, in milliseconds. */
  readonly time: number;
  readonly body: string;
}

/** What goes wrong: the connection breaks before or after the request is carried out, no answer ever, or an answer. */
export type Fault = 'reset' | 'reset afterwards' | 'silence' | (Omit<Reply, 'body'> & { readonly body?: unknown });

type Check = (request: ApiRequest) => Fault | undefined | Promise<Fault | undefined>;

/** One for all servers of a test file. */
let certificate: Certificate | undefined;

/**
 * The part of a cluster's API server that deals with Secrets, over HTTPS.
 *
 * Behaviour after k8s.io/apiserver v0.37 (pkg/registry/generic/registry/store.go, pkg/endpoints/handlers/patch.go,
 * pkg/admission/plugin/namespace/lifecycle) and Kubernetes' ValidateSecret and ValidateSecretUpdate.
 */
export class FakeApiServer {
  readonly requests: ApiRequest[] = [];
  readonly namespaces = new Set<string>();
  readonly terminating = new Set<string>();
  /** Folder that a pod would find its token and CA in. */
  readonly account: string;
  /** Whether RBAC refuses a request. */
  denies: (request: ApiRequest) => boolean = () => false;
  /** Looks at each request before it is carried out. */
  before: Check = () => undefined;
  private readonly secrets = new Map<string, SecretObject>();
  private revision = 100;
  private token = '';
  private readonly server: Server;

  private constructor(private readonly host: string) {
    this.account = mkdtempSync(join(tmpdir(), 'service-account-'));
    const { key, cert } = (certificate ??= makeCertificate());
    writeFileSync(join(this.account, 'ca.crt'), cert);
    this.rotateToken();
    this.server = createServer({ key, cert });
    this.server.on(
      'request',
      (request: IncomingMessage, response: ServerResponse) => void this.serve(request, response),
    );
  }

  static async start(options: { host?: string; port?: number } = {}): Promise<FakeApiServer> {
    const fake = new FakeApiServer(options.host ?? '127.0.0.1');
    await fake.listen(options.port ?? 0);
    return fake;
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(port, this.host, resolve));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** What the kubelet tells a container, and where the program finds its ServiceAccount. */
  get env(): Record<string, string> {
    return {
      KUBERNETES_SERVICE_HOST: this.host,
      KUBERNETES_SERVICE_PORT: String(this.port),
      CREDENTIALS_ACCOUNT: this.account,
    };
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async stop(): Promise<void> {
    await this.close();
    rmSync(this.account, { recursive: true });
  }

  /** Gives the pod another token and accepts the old one no longer. */
  rotateToken(): void {
    this.token = randomUUID();
    writeFileSync(join(this.account, 'token'), `${this.token}\n`);
  }

  /** The writes that the server carried out or refused. */
  get writes(): ApiRequest[] {
    return this.requests.filter(({ verb }) => verb === 'create' || verb === 'patch');
  }

  get objects(): SecretObject[] {
    return [...this.secrets.values()];
  }

  object(id: string): SecretObject | undefined {
    return this.secrets.get(id);
  }

  /** A Secret's content as text. */
  data(id: string): Record<string, string> {
    const entries = Object.entries(this.secrets.get(id)?.data ?? {});
    return Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
  }

  /** Somebody else writes a Secret, all of it. */
  put(id: string, data: Record<string, string | Buffer>, rest: Partial<SecretObject> = {}): void {
    const [namespace = '', name = ''] = id.split('/');
    this.namespaces.add(namespace);
    const encoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
    const uid = this.secrets.get(id)?.metadata.uid ?? randomUUID();
    this.store({
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'Opaque',
      ...rest,
      metadata: { ...rest.metadata, namespace, name, uid },
      data: Object.fromEntries(encoded) as Record<string, string>,
    });
  }

  remove(id: string): void {
    this.secrets.delete(id);
  }

  private store(object: SecretObject): SecretObject {
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.revision) } };
    this.secrets.set(`${object.metadata.namespace}/${object.metadata.name}`, stored);
    return stored;
  }

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = toRequest(message, await text(message));
    this.requests.push(request);
    const authorized = message.headers.authorization === `Bearer ${this.token}`;
    const fault = await this.before(request);
    if (fault === 'silence') return;
    if (fault === 'reset') return void message.socket.destroy();
    const reply =
      typeof fault === 'object' ? { body: undefined, ...fault } : this.carryOut(message, request, authorized);
    if (fault === 'reset afterwards') return void message.socket.destroy();
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
  }

  private carryOut({ headers }: IncomingMessage, request: ApiRequest, authorized: boolean): Reply {
    const { verb, namespace, name, body } = request;
    if (!authorized) return status(401, 'Unauthorized', 'Unauthorized');
    if (verb === 'other')
      return status(405, 'MethodNotAllowed', 'the server does not allow this method on the resource');
    if (this.denies(request)) {
      const who = 'User "system:serviceaccount:platform:credentials"';
      return status(403, 'Forbidden', `secrets "${name}" is forbidden: ${who} cannot ${verb} resource "secrets"`);
    }
    if (verb === 'create') return this.create(namespace, body);
    const existing = this.secrets.get(`${namespace}/${name}`);
    if (existing === undefined) return status(404, 'NotFound', `secrets "${name}" not found`);
    return verb === 'get' ? { status: 200, body: existing } : this.patch(existing, headers['content-type'] ?? '', body);
  }

  private create(namespace: string, body: string): Reply {
    const object = JSON.parse(body) as SecretObject;
    const { name } = object.metadata;
    if (!this.namespaces.has(namespace)) return status(404, 'NotFound', `namespaces "${namespace}" not found`);
    if (this.terminating.has(namespace)) {
      const cause = { reason: 'NamespaceTerminating', field: 'metadata.namespace' };
      return status(403, 'Forbidden', `namespace ${namespace} is being terminated`, [cause]);
    }
    if (object.metadata.namespace !== namespace) return status(400, 'BadRequest', 'the namespaces do not match');
    const problem = secretProblem(object);
    if (problem !== undefined) return problem;
    if (this.secrets.has(`${namespace}/${name}`))
      return status(409, 'AlreadyExists', `secrets "${name}" already exists`);
    return { status: 201, body: this.store({ ...object, metadata: { ...object.metadata, uid: randomUUID() } }) };
  }

  private patch(existing: SecretObject, contentType: string, body: string): Reply {
    const patched = applyPatch(existing, contentType, JSON.parse(body));
    if (patched === undefined) return status(415, 'UnsupportedMediaType', `${contentType} is not supported`);
    const { name, resourceVersion } = existing.metadata;
    if (patched.metadata.resourceVersion !== resourceVersion) {
      return status(409, 'Conflict', `secrets "${name}": the object has been modified`);
    }
    const problem = secretProblem(patched);
    if (problem !== undefined) return problem;
    const changesData = JSON.stringify(patched.data) !== JSON.stringify(existing.data);
    if (existing.immutable && changesData) return status(422, 'Invalid', 'data is immutable', [{ field: 'data' }]);
    const changes = JSON.stringify(patched) !== JSON.stringify(existing);
    return { status: 200, body: changes ? this.store(patched) : existing };
  }
}

function toRequest({ method = '', url = '' }: IncomingMessage, body: string): ApiRequest {
  const [, namespace = '', name = ''] = /^\/api\/v1\/namespaces\/([^/?]+)\/secrets(?:\/([^/?]+))?$/.exec(url) ?? [];
  const verbs: Record<string, ApiRequest['verb']> = { 'GET name': 'get', 'PATCH name': 'patch', 'POST ': 'create' };
  const verb = namespace === '' ? 'other' : (verbs[`${method} ${name === '' ? '' : 'name'}`] ?? 'other');
  const named = verb === 'create' ? (JSON.parse(body) as SecretObject).metadata.name : name;
  return { verb, namespace, name: named, time: performance.now(), body };
}

/** For a request hook: lets time pass. */
export const delay = async (milliseconds: number): Promise<undefined> => {
  await sleep(milliseconds);
  return undefined;
};
