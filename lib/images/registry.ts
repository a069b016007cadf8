import { createHash } from 'node:crypto';
import { z } from 'zod';
import { imageReference, type ImagePin } from './images';

// Reads one manifest by the OCI distribution specification 1.1 and the token authentication of the distribution
// project. The npm packages for it are unmaintained or load whole images.

/** Media types of everything that a tag can name. */
const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

/** Milliseconds for each answer. */
const timeout = 30_000;

/**
 * The digest of what a tag means now: of the index, where there is one, so that it holds for every architecture. Asks
 * anonymously. Throws an error without the name of the image.
 */
export async function digestInRegistry(pin: ImagePin): Promise<string> {
  const host = pin.registry.split('/')[0] ?? '';
  const url = manifestUrl(pin);
  const accept = manifestTypes.join(', ');
  let answer = await get(url, { accept }, host);
  if (answer.status === 401) {
    const authorization = await anonymousToken(answer, pin, host);
    answer = await get(url, { accept, authorization }, host);
  }
  if (answer.status !== 200) throw new Error(refusals.get(answer.status) ?? `the registry answers ${answer.status}`);
  return digestOfManifest(answer.body, 'the registry');
}

/**
 * The digest of a manifest: that of its bytes, because registries need not send Docker-Content-Digest. Throws an error
 * for anything else, such as the page of a proxy.
 *
 * @param source who sent it, for the message
 */
export function digestOfManifest(bytes: Buffer, source: string): string {
  // The digest of version 1, which Docker wrote until 2016, is not that of its bytes.
  if (manifest.safeParse(parsed(bytes)).success) return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const start = bytes.subarray(0, 60).toString();
  throw new Error(`${source} answers ${JSON.stringify(start)}, which is no manifest of version 2`);
}

const manifest = z.object({ schemaVersion: z.literal(2) });
const tokenAnswer = z.object({ token: z.string().optional(), access_token: z.string().optional() });

/** The value of JSON; undefined for any other text. */
function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

const needsLogin =
  'the registry asks for a login (install skopeo or crane, and log in: both use the login of docker login)';

const refusals = new Map([
  [401, needsLogin],
  [403, needsLogin],
  [404, 'there is no such image (correct its name and tag)'],
  [429, 'the registry limits how often one address may ask (try again later, or log in with skopeo or crane)'],
]);

/** Docker Hub's API has another host than its images (distribution/reference, moby/registry). */
function manifestUrl({ registry, repository, tag }: ImagePin): URL {
  const [host = '', ...mirror] = registry.split('/');
  const api = host === 'docker.io' ? 'registry-1.docker.io' : host;
  const scheme = isLoopback(host) ? 'http' : 'https';
  return addressOf(`${scheme}://${api}/v2/${[...mirror, repository].join('/')}/manifests/${tag}`, host);
}

/** Registries on this machine have no certificate; Docker makes the same exception. */
export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(host);

/** The value of `Authorization` for anyone. */
async function anonymousToken({ headers }: Answer, pin: ImagePin, registry: string): Promise<string> {
  const challenge = headers.get('www-authenticate') ?? '';
  const parameters = new Map(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
  const realm = parameters.get('realm');
  if (!/^bearer /i.test(challenge) || realm === undefined) throw new Error(needsLogin);
  const url = addressOf(realm, registry);
  for (const name of ['service', 'scope']) {
    const value = parameters.get(name);
    if (value !== undefined) url.searchParams.set(name, value);
  }
  const { status, body } = await get(url, {}, registry);
  if (status !== 200) throw new Error(refusals.get(status) ?? `${url.host} answers ${status}`);
  const { token, access_token: other } = tokenAnswer.safeParse(parsed(body)).data ?? {};
  const value = token ?? other;
  if (value === undefined) throw new Error(`${url.host} gives no token for ${imageReference(pin)}`);
  return `Bearer ${value}`;
}

/** An address that may be asked for a registry: nothing in clear text, nor on this machine for a registry elsewhere. */
function addressOf(text: string, registry: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = isLoopback(url?.host ?? '') && isLoopback(registry);
  if (url !== undefined && (isLocal || (url.protocol === 'https:' && !isLoopback(url.host)))) return url;
  throw new Error(
    `${registry} leads to ${JSON.stringify(text)}, which is not asked: it must be an https:// address, not of this machine`,
  );
}

/** A whole answer. */
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** The limit of registries for a manifest (containers/image 5.32, internal/iolimits); a token is much shorter. */
const mostBytes = 4 * 2 ** 20;

class TooLarge extends Error {}

async function wholeBody({ body }: Response, host: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    // Leaving the loop ends the connection.
    if (size > mostBytes)
      throw new TooLarge(`${host} answers with more than ${mostBytes / 2 ** 20} MiB, so it is no registry`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Redirections that are followed for one answer. */
const mostRedirections = 5;

/** Follows redirections itself: each address is judged before it is asked, and only the first host gets credentials. */
async function get(
  url: URL,
  headers: Readonly<Record<string, string>>,
  registry: string,
  left = mostRedirections,
): Promise<Answer> {
  let response: Response;
  let body: Buffer;
  try {
    response = await fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(timeout) });
    body = await wholeBody(response, url.host);
  } catch (error) {
    const { cause, message } = error as Error & { readonly cause?: { readonly message?: string } };
    if (error instanceof TooLarge) throw error;
    const reason = cause?.message ?? message;
    throw new Error(`${url.host} does not answer: ${reason} (behind a proxy install skopeo or crane)`);
  }
  const location = response.headers.get('location');
  if (location !== null && response.status >= 300 && response.status < 400 && left > 0) {
    const next = addressOf(URL.canParse(location, url.href) ? new URL(location, url).href : location, registry);
    const others = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'authorization'));
    return get(next, next.host === url.host ? headers : others, registry, left - 1);
  }
  return { status: response.status, headers: response.headers, body };
}
