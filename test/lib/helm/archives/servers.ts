import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a server misbehaves: once for each entry of a list, then no more. */
export type Fault = 'error' | 'cut' | 'hang';

export interface Published {
  readonly name: string;
  readonly version: string;
  readonly archive: Buffer;
}

export const sha256 = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex');

abstract class LoopbackServer {
  /** Method and path of every request. */
  readonly requests: string[] = [];
  /** Part of a path → what goes wrong with the next requests for it. */
  readonly faults = new Map<string, Fault[]>();
  private readonly server: Server = createServer((request, response) => {
    this.requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    this.answer(request, response);
  });

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  protected abstract answer(request: IncomingMessage, response: ServerResponse): void;

  protected send(request: IncomingMessage, response: ServerResponse, content: Buffer | string | undefined): void {
    const path = request.url ?? '';
    const fault = [...this.faults].find(([part]) => path.includes(part))?.[1].shift();
    if (fault === 'hang') return;
    if (fault === 'error') response.statusCode = 500;
    else if (content === undefined) response.statusCode = 404;
    const body = Buffer.from(fault === 'error' ? 'out of order' : (content ?? 'no such thing'));
    response.setHeader('Content-Length', body.length);
    if (request.method === 'HEAD') response.end();
    else if (fault === 'cut') response.write(body.subarray(0, body.length / 2), () => response.destroy());
    else response.end(body);
  }
}

/** A chart repository as any web server can be one: an index and archives. */
export class HttpRepository extends LoopbackServer {
  charts: Published[] = [];
  /** Archives below this, relative to the index or absolute. */
  archives = 'archives';
  /** Digest that the index claims; undefined leaves it out. */
  digest = (archive: Buffer): string | undefined => sha256(archive);

  get url(): string {
    return `http://${this.host}/charts`;
  }

  protected override answer(request: IncomingMessage, response: ServerResponse): void {
    // A request through a proxy carries the whole address.
    const { pathname } = new URL(request.url ?? '', this.url);
    const chart = this.charts.find((candidate) => pathname.endsWith(`archives/${fileName(candidate)}`));
    this.send(request, response, pathname === '/charts/index.yaml' ? this.index() : chart?.archive);
  }

  private index(): string {
    const entries: Record<string, object[]> = {};
    for (const chart of this.charts) {
      (entries[chart.name] ??= []).push({
        apiVersion: 'v2',
        name: chart.name,
        version: chart.version,
        digest: this.digest(chart.archive),
        urls: [`${this.archives}/${fileName(chart)}`],
      });
    }
    return JSON.stringify({ apiVersion: 'v1', entries });
  }
}

const fileName = ({ name, version }: Published): string => `${name}-${version}.tgz`;

const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/** The reading half of the OCI distribution protocol, open to everyone who asks for a token first. */
export class OciRegistry extends LoopbackServer {
  charts: Published[] = [];
  /** What is served in place of a blob. */
  tamper = (blob: Buffer): Buffer => blob;
  private readonly token = 'anonymous-pull';

  get url(): string {
    return `oci://${this.host}/some/charts`;
  }

  protected override answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '', `http://${this.host}`);
    if (pathname === '/token') {
      this.send(request, response, JSON.stringify({ token: this.token }));
      return;
    }
    if (request.headers.authorization !== `Bearer ${this.token}`) {
      response.statusCode = 401;
      response.setHeader('WWW-Authenticate', `Bearer realm="http://${this.host}/token",service="test"`);
      response.end();
      return;
    }
    const [, name = '', kind = '', reference = ''] = /^\/v2\/some\/charts\/([^/]+)\/(\w+)\/(.+)$/.exec(pathname) ?? [];
    const published = this.charts.filter((chart) => chart.name === name);
    this.send(request, response, this.content(kind, reference, published, request, response));
  }

  private content(
    kind: string,
    reference: string,
    published: readonly Published[],
    request: IncomingMessage,
    response: ServerResponse,
  ): Buffer | string | undefined {
    if (kind === 'tags') return JSON.stringify({ name: 'chart', tags: published.map(({ version }) => version) });
    if (kind === 'blobs') {
      const blobs = published.flatMap((chart) => [chart.archive, configOf(chart)]);
      const blob = blobs.find((candidate) => reference === `sha256:${sha256(candidate)}`);
      return blob === undefined ? undefined : this.tamper(blob);
    }
    const accepts = request.headers.accept?.includes(manifestType) === true;
    const chart = published.find((candidate) => [candidate.version, digestOfManifest(candidate)].includes(reference));
    if (chart === undefined || !accepts) return undefined;
    response.setHeader('Content-Type', manifestType);
    response.setHeader('Docker-Content-Digest', digestOfManifest(chart));
    return manifestOf(chart);
  }
}

const configOf = ({ name, version }: Published): Buffer =>
  Buffer.from(JSON.stringify({ apiVersion: 'v2', name, version }));

const digestOfManifest = (chart: Published): string => `sha256:${sha256(manifestOf(chart))}`;

function manifestOf(chart: Published): string {
  const describe = (mediaType: string, blob: Buffer): object => ({
    mediaType,
    digest: `sha256:${sha256(blob)}`,
    size: blob.length,
  });
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    config: describe('application/vnd.cncf.helm.config.v1+json', configOf(chart)),
    layers: [describe('application/vnd.cncf.helm.chart.content.v1.tar+gzip', chart.archive)],
  });
}
