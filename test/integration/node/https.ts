import { X509Certificate } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { connect } from 'node:tls';
import type { Certificate } from '../../support/certificate';

/** Which of the certificates a server shows; empty for none of them. */
export function certificateOf(host: string, certificates: readonly Certificate[]): Promise<string> {
  const url = new URL(`https://${host}`);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname, port: Number(url.port), rejectUnauthorized: false }, () => {
      const { raw } = socket.getPeerCertificate();
      socket.destroy();
      resolve(certificates.find(({ cert }) => new X509Certificate(cert).raw.equals(raw))?.cert ?? '');
    });
    socket.on('error', reject);
  });
}

export interface Client {
  /** The only certificate that it trusts, in PEM. */
  readonly trusts: string;
  /** What it shows itself. @default none */
  readonly shows?: Certificate;
  readonly headers?: OutgoingHttpHeaders;
}

/** Status of the answer to a POST. @throws Error where there is none */
export function statusOf(url: string, body: object, { trusts: ca, shows, headers: more }: Client): Promise<number> {
  return new Promise((resolve, reject) => {
    const { origin, hostname, port } = new URL(url);
    const path = url.slice(origin.length); // as it is written
    const headers = { 'content-type': 'application/json', ...more };
    const options = { hostname, port, path, method: 'POST', ca, ...shows, headers };
    const asked = request(options, (answer) => resolve(answer.resume().statusCode ?? 0));
    asked.on('error', reject);
    asked.end(JSON.stringify(body));
  });
}
