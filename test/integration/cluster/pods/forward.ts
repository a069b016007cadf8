import { connect, createServer, type Server } from 'node:net';

/** A port, or a socket in the file system. */
export type Address = { readonly host: string; readonly port: number } | { readonly path: string };

/** Listens at one address and passes everything on to another. Does not keep this process alive. */
export function forward(listen: Address, target: Address): Promise<Server> {
  const server = createServer((near) => {
    const far = connect(target);
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(listen, () => resolve(server.unref()));
  });
}
