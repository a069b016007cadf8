import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A registry of images on this machine that gives a manifest to whoever has an anonymous token. */
export interface FakeRegistry {
  /** `127.0.0.1:port` */
  readonly host: string;
  /** `repository:tag` → manifest. */
  readonly manifests: Map<string, string>;
  /** Answers a request in another way than with a manifest. @default never */
  trouble?: (repository: string) => { readonly status: number; readonly headers?: Record<string, string> } | undefined;
  readonly stop: () => Promise<void>;
}

export const digestOf = (manifest: string): string => `sha256:${createHash('sha256').update(manifest).digest('hex')}`;

export async function startRegistry(): Promise<FakeRegistry> {
  const manifests = new Map<string, string>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', `http://${registry.host}`);
    if (url.pathname === '/token') {
      const token = `${url.searchParams.get('service')} for ${url.searchParams.get('scope')}`;
      response.end(JSON.stringify({ token }));
      return;
    }
    const [, repository = '', tag = ''] = /^\/v2\/(.+)\/manifests\/(.+)$/.exec(url.pathname) ?? [];
    const scope = `repository:${repository}:pull`;
    const manifest = manifests.get(`${repository}:${tag}`);
    const trouble = registry.trouble?.(repository);
    if (trouble !== undefined) {
      response.writeHead(trouble.status, trouble.headers).end();
    } else if (request.headers.authorization !== `Bearer registry for ${scope}`) {
      const challenge = `Bearer realm="http://${registry.host}/token",service="registry",scope="${scope}"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
    } else if (manifest === undefined || request.headers.accept?.includes('image.index') !== true) {
      response.writeHead(404).end();
    } else response.end(manifest);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const registry: FakeRegistry = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    manifests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return registry;
}
