import { createHash } from 'node:crypto';
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
  const url = manifestUrl(pin);
  const accept = manifestTypes.join(', ');
  let response = await get(url, { accept });
  if (response.status === 401) {
    const authorization = await anonymousToken(response, pin);
    response = await get(url, { accept, authorization });
  }
  if (!response.ok) throw new Error(refusals.get(response.status) ?? `the registry answers ${response.status}`);
  // By its definition, and not from a header: registries need not send Docker-Content-Digest.
  return `sha256:${createHash('sha256')
    .update(Buffer.from(await response.arrayBuffer()))
    .digest('hex')}`;
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
function manifestUrl({ registry, repository, tag }: ImagePin): string {
  const [host = '', ...mirror] = registry.split('/');
  const api = host === 'docker.io' ? 'registry-1.docker.io' : host;
  return `${isLoopback(host) ? 'http' : 'https'}://${api}/v2/${[...mirror, repository].join('/')}/manifests/${tag}`;
}

/** Registries on this machine have no certificate; Docker makes the same exception. */
export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(host);

/** The value of `Authorization` for anyone. */
async function anonymousToken({ headers }: Response, pin: ImagePin): Promise<string> {
  const challenge = headers.get('www-authenticate') ?? '';
  const parameters = new Map(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
  const realm = parameters.get('realm');
  if (!/^bearer /i.test(challenge) || realm === undefined) throw new Error(needsLogin);
  const url = new URL(realm);
  for (const name of ['service', 'scope']) {
    const value = parameters.get(name);
    if (value !== undefined) url.searchParams.set(name, value);
  }
  const response = await get(url.href, {});
  if (!response.ok) throw new Error(refusals.get(response.status) ?? `${url.host} answers ${response.status}`);
  const answer = (await response.json()) as { readonly token?: unknown; readonly access_token?: unknown };
  const token = answer.token ?? answer.access_token;
  if (typeof token !== 'string') throw new Error(`${url.host} gives no token for ${imageReference(pin)}`);
  return `Bearer ${token}`;
}

async function get(url: string, headers: Readonly<Record<string, string>>): Promise<Response> {
  try {
    return await fetch(url, { headers, signal: AbortSignal.timeout(timeout) });
  } catch (error) {
    const { cause, message } = error as Error & { readonly cause?: { readonly message?: string } };
    const reason = cause?.message ?? message;
    throw new Error(`${new URL(url).host} does not answer: ${reason} (behind a proxy install skopeo or crane)`);
  }
}
