import { type ClientHttp2Stream, connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface XdsOptions {
  /** Socket that leads to the server's TLS port. */
  readonly socket: string;
  /** Certificates that the server's own is checked with, for this name. */
  readonly ca: string;
  readonly serverName: string;
  /** Token of the proxy's ServiceAccount, for the audience `istio-ca`. */
  readonly token: string;
  /** As a proxy names itself: `router~IP~POD.NAMESPACE~NAMESPACE.svc.DOMAIN`. */
  readonly node: string;
  readonly metadata: Struct;
}

/** JSON, as far as a proxy describes itself with it. */
export type Struct = { readonly [key: string]: string | Struct };

const service = '/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources';

/**
 * What istiod answers a proxy that asks for resources of a type: each as its protobuf bytes. The messages are written by
 * hand: two of them, with the fields that matter here (envoyproxy/envoy, api/envoy/service/discovery/v3/discovery.proto
 * and api/envoy/config/core/v3/base.proto).
 *
 * @throws Error with the status of the stream, where istiod ends it
 */
export function discover(options: XdsOptions, type: string, names: readonly string[] = []): Promise<Buffer[]> {
  const { socket, ca, serverName, token, node, metadata } = options;
  const authority = `https://${serverName}`;
  const session = connectHttp2(authority, {
    createConnection: () =>
      connectTls({ socket: connectSocket(socket), servername: serverName, ca, ALPNProtocols: ['h2'] }),
  });
  return new Promise<Buffer[]>((resolve, reject) => {
    session.on('error', reject);
    const stream: ClientHttp2Stream = session.request({
      ':method': 'POST',
      ':path': service,
      'content-type': 'application/grpc',
      te: 'trailers',
      authorization: `Bearer ${token}`,
    });
    stream.setTimeout(20_000, () => reject(new Error(`istiod does not answer a request for ${type}`)));
    stream.on('error', reject);
    const ended = ({ 'grpc-status': status = '0', 'grpc-message': message }: IncomingHttpHeaders): void => {
      if (status !== '0') reject(new Error(`status ${String(status)}: ${String(message)}`));
    };
    stream.on('response', ended).on('trailers', ended);
    let received = Buffer.alloc(0);
    stream.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      // A byte that says whether it is compressed, four with its length, the message.
      if (received.length < 5 || received.length < 5 + received.readUInt32BE(1)) return;
      const response = received.subarray(5, 5 + received.readUInt32BE(1));
      resolve(bytesOf(response, 2).map((any) => bytesOf(any, 2)[0] ?? Buffer.alloc(0)));
    });
    const request = Buffer.concat([
      bytes(2, Buffer.concat([bytes(1, node), bytes(3, struct(metadata))])),
      ...names.map((name) => bytes(3, name)),
      bytes(4, `type.googleapis.com/${type}`),
    ]);
    const head = Buffer.alloc(5);
    head.writeUInt32BE(request.length, 1);
    stream.write(Buffer.concat([head, request]));
  }).finally(() => session.destroy());
}

/** A field that has a length: a string or a message. */
function bytes(field: number, content: string | Buffer): Buffer {
  const body = Buffer.from(content as string);
  return Buffer.concat([varint((field << 3) | 2), varint(body.length), body]);
}

/** google.protobuf.Struct: a map of Values, of which 3 is a string and 5 a Struct. */
const struct = (fields: Struct): Buffer =>
  Buffer.concat(
    Object.entries(fields).map(([key, value]) => {
      const content = typeof value === 'string' ? bytes(3, value) : bytes(5, struct(value));
      return bytes(1, Buffer.concat([bytes(1, key), bytes(2, content)]));
    }),
  );

function varint(value: number): Buffer {
  const out: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...out, rest]);
    out.push((rest & 0x7f) | 0x80);
  }
}

/** Every field of this number that has a length; the others of a DiscoveryResponse are skipped. */
function bytesOf(message: Buffer, wanted: number): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = next();
    const length = (tag & 7) === 2 ? next() : undefined;
    if (length === undefined) next();
    else if (tag >>> 3 === wanted) found.push(message.subarray(at, at + length));
    at += length ?? 0;
  }
  return found;
}
