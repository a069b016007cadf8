import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';

export interface Answer {
  readonly status: number;
  /** Undefined where it is no JSON. */
  readonly body: unknown;
  /** Its Warning headers (RFC 9111, 5.5, which Kubernetes goes on using). */
  readonly warnings: readonly string[];
}

export interface SendOptions {
  readonly body?: object;
  /** @default application/json */
  readonly contentType?: string;
  /** Whose credentials. @default the administrator's */
  readonly token?: string;
}

/** Requests straight to an API server, for what is not about kubectl: they cost a hundredth of starting that. */
export class ApiClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 8 });

  /** @param ca file with the server's certificate, which it may write later */
  constructor(
    private readonly server: { readonly host: string; readonly port: number; readonly ca: string },
    private readonly token: string,
  ) {}

  /** The answer, whatever its status. @throws Error where there is none */
  send(method: string, path: string, options: SendOptions = {}): Promise<Answer> {
    const { body, contentType = 'application/json', token = this.token } = options;
    const { host, port, ca } = this.server;
    return new Promise((resolve, reject) => {
      const content = body === undefined ? '' : JSON.stringify(body);
      const headers = {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        'content-type': contentType,
        // Node.js announces no length by itself for a DELETE.
        'content-length': Buffer.byteLength(content),
      };
      const how = { host, port, method, path, headers, agent: this.agent, ca: readFileSync(ca), timeout: 60_000 };
      const outgoing = request(how, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('error', reject).on('end', () => {
          const warnings = response.headersDistinct.warning ?? [];
          resolve({ status: response.statusCode ?? 0, body: parse(text), warnings });
        });
      });
      outgoing.on('error', reject).on('timeout', () => outgoing.destroy(new Error(`no answer to ${method} ${path}`)));
      outgoing.end(content);
    });
  }

  /** What a request that must succeed answers. */
  async must<T = unknown>(method: string, path: string, options?: SendOptions): Promise<T> {
    const { status, body } = await this.send(method, path, options);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`);
    return body as T;
  }

  close(): void {
    this.agent.destroy();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
