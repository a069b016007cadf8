import { X509Certificate } from 'node:crypto';
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

/** Status of the answer to a POST, for a client that trusts that certificate alone. */
export function statusOf(url: string, ca: string, body: object): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const asked = request(url, { method: 'POST', ca, headers }, (answer) => resolve(answer.resume().statusCode));
    asked.on('error', reject);
    asked.end(JSON.stringify(body));
  });
}
