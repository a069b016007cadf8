import { Agent, request, type IncomingMessage } from 'node:http';
import type { LiveObject } from '../../lib/kubernetes/live-object';
import { ApiError, malformed, statusIn } from './api-error';
import { liveObject, type ObjectKind } from './live';

export interface RequestOptions {
  readonly body?: unknown;
  /** @default application/json */
  readonly contentType?: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Aborts the request. @default never */
  readonly signal?: AbortSignal;
}

/** Milliseconds. Kubernetes' own limit is 60 s (kube-apiserver --request-timeout). */
const requestTimeout = 65_000;

/** Sends requests to an API server through a local socket, each one once. */
export class ClusterApi {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 16 });
  private clockDifference = 0;

  /**
   * @param mostMegabytes of one answer: more than any page of a list or object has. A text of half a gigabyte would end
   * this process.
   */
  constructor(
    private readonly socket: string,
    private readonly mostMegabytes = 256,
  ) {}

  /** Returns the parsed answer. Throws an `ApiError` for anything but a success with an object. */
  async send(method: string, path: string, options: RequestOptions = {}): Promise<Readonly<Record<string, unknown>>> {
    const { body, contentType = 'application/json', query = {}, signal } = options;
    const search = new URLSearchParams(query).toString();
    const signals = [AbortSignal.timeout(requestTimeout), ...(signal === undefined ? [] : [signal])];
    let response: IncomingMessage;
    let answered: string;
    const content = body === undefined ? '' : JSON.stringify(body);
    try {
      response = await new Promise<IncomingMessage>((resolve, reject) => {
        const outgoing = request({
          socketPath: this.socket,
          agent: this.agent,
          method,
          path: search === '' ? path : `${path}?${search}`,
          headers: {
            host: 'localhost',
            accept: 'application/json',
            'content-type': contentType,
            // Node.js sends no content-length for a DELETE by itself.
            'content-length': Buffer.byteLength(content),
          },
          signal: AbortSignal.any(signals),
        });
        outgoing.on('response', resolve).on('error', reject);
        outgoing.end(content);
      });
      answered = await wholeText(response, this.mostMegabytes);
    } catch (error) {
      const { name, message } = error as Error;
      throw new ApiError(0, name === 'AbortError' ? 'no answer in time' : message);
    }
    const code = response.statusCode ?? 0;
    const answer = parse(answered);
    if (code >= 200 && code < 300) {
      this.readClock(response);
      if (isObject(answer)) return answer;
      throw malformed(code, `${method} ${path}`, 'an object', answered);
    }
    const status = statusIn(answer);
    if (status !== undefined) throw new ApiError(code, status.message ?? `status ${code}`, status);
    const message = answered.trim() === '' ? `status ${code}` : answered.trim();
    // When kubectl cannot reach the API server, it answers with 500 in plain text. The API server also uses plain text,
    // for unknown addresses.
    throw new ApiError(code, message, code >= 500 ? undefined : { kind: 'Status', code, message });
  }

  /** The answer at a path; undefined where there is none. */
  async find(path: string, options?: RequestOptions): Promise<Readonly<Record<string, unknown>> | undefined> {
    try {
      return await this.send('GET', path, options);
    } catch (error) {
      if (error instanceof ApiError && error.status?.code === 404) return undefined;
      throw error;
    }
  }

  /** The object at a path; undefined where there is none. */
  async get(path: string, kind: ObjectKind, options?: RequestOptions): Promise<LiveObject | undefined> {
    const answer = await this.find(path, options);
    return answer === undefined ? undefined : liveObject(answer, kind, `GET ${path}`);
  }

  /** The server's time, so that clients with different clocks agree. */
  now(): Date {
    return new Date(Date.now() + this.clockDifference);
  }

  close(): void {
    this.agent.destroy();
  }

  private readClock({ headers }: IncomingMessage): void {
    const time = Date.parse(headers.date ?? '');
    if (Number.isFinite(time)) this.clockDifference = time - Date.now();
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The members of a list, which Go writes as null where there are none. Throws an `ApiError` for anything else. */
export function itemsOf(list: Readonly<Record<string, unknown>>): readonly object[] {
  const { items = null } = list;
  if (items === null) return [];
  if (Array.isArray(items) && items.every(isObject)) return items;
  throw malformed(200, 'a list', 'objects as its items', JSON.stringify(items));
}

async function wholeText(response: IncomingMessage, mostMegabytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop ends the connection.
    if (size > mostMegabytes * 1e6) throw new Error(`it answers with more than ${mostMegabytes} MB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parse(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

/** Calls a function for every item, `limit` at a time, and returns the results in order. */
export async function inParallel<T, R>(items: readonly T[], call: (item: T) => Promise<R>, limit = 8): Promise<R[]> {
  const results = new Array<R>(items.length);
  const queue = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) results[next[0]] = await call(next[1]);
  };
  await Promise.all(Array.from({ length: limit }, worker));
  return results;
}
