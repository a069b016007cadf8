import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { type Deadline, Problem } from './deadline';

/** Milliseconds. Kubernetes' own limit is 60 s (apiserver --request-timeout); a Secret takes milliseconds. */
const REQUEST_TIMEOUT = 20_000;
/** Node.js' codes for certificates that fail verification (Node 20, tls, "X509 certificate error codes"). */
const UNTRUSTED = /CERT|SIGNATURE|_CA$|PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH/;

export interface ApiOptions {
  readonly host: string;
  readonly port: string;
  /** Folder with `token` and `ca.crt` of the pod's ServiceAccount. */
  readonly account: string;
  readonly deadline: Deadline;
  readonly say: (line: string) => void;
}

export interface Answer {
  readonly status: number;
  /** The parsed body. It may contain values of Secrets, even in errors, so none of it may be printed. */
  readonly body: unknown;
}

interface Reply extends Answer {
  /** Milliseconds that the server asks clients to wait. */
  readonly retryAfter: number;
}

/** Client of the API server. Retries after transient failures, until the deadline. */
export class Api {
  constructor(private readonly options: ApiOptions) {}

  /** @throws Problem if the server stays out of reach, overloaded or untrusted */
  async send(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<Answer> {
    const { host, port, deadline, say } = this.options;
    for (let attempt = 0; ; attempt++) {
      const reply = await this.try(method, path, contentType, body);
      const failed = typeof reply === 'string';
      if (!failed && reply.status !== 429 && reply.status < 500) return reply;
      const trouble = `API server ${host}, port ${port}: ${failed ? `no answer (${reply})` : `status ${reply.status}`}`;
      say(`trying again: ${trouble}`);
      const over = await deadline.pause(attempt, failed ? 0 : reply.retryAfter);
      if (over !== undefined) throw new Problem(`${trouble}; gave up: ${over}`);
    }
  }

  /** One try; a text is the code of the failure. */
  private async try(method: string, path: string, contentType: string, body: unknown): Promise<Reply | string> {
    const { host, port, account, deadline } = this.options;
    // The kubelet renews the token while the program runs.
    const token = readAccountFile(account, 'token').trim();
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json', 'content-type': contentType };
    const timeout = Math.min(REQUEST_TIMEOUT, deadline.left);
    const ca = readAccountFile(account, 'ca.crt');
    try {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const outgoing = request({
          host,
          port,
          path,
          method,
          headers,
          ca,
          signal: AbortSignal.timeout(Math.ceil(timeout)),
        });
        outgoing.on('response', resolve).on('error', reject);
        outgoing.end(body === undefined ? undefined : JSON.stringify(body));
      });
      const retryAfter = milliseconds(response.headers['retry-after']);
      return { status: response.statusCode ?? 0, body: parse(await text(response)), retryAfter };
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? (error as Error).name;
      if (!UNTRUSTED.test(code)) return code === 'ABORT_ERR' ? `in ${timeout} ms` : code;
      throw new Problem(
        `API server ${host}, port ${port}, is not trusted (${code}): its certificate must fit ${account}/ca.crt`,
      );
    }
  }
}

function readAccountFile(account: string, file: string): string {
  try {
    return readFileSync(`${account}/${file}`, 'utf8');
  } catch {
    throw new Problem(`${account}/${file} cannot be read: the pod needs automountServiceAccountToken: true`);
  }
}

/** The header holds seconds or a date (RFC 9110, 10.2.3). */
function milliseconds(retryAfter: string | undefined): number {
  if (retryAfter === undefined) return 0;
  const wait = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : 0;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // Such as a proxy's page; the status is enough.
  }
}
