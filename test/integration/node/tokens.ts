import { generateKeyPairSync, sign } from 'node:crypto';

/** One that issues tokens, with a key of its own (RFC 7515, RFC 7519). */
export class Issuer {
  private readonly pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  constructor(readonly name: string) {}

  /** Its public key, as a JSON Web Key Set. */
  get jwks(): string {
    return JSON.stringify({ keys: [{ ...this.pair.publicKey.export({ format: 'jwk' }), kid: '1', alg: 'ES256' }] });
  }

  /** A token of an hour. */
  token(audience: string, seconds = 3600): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: this.name, sub: 'tests', aud: audience, iat: now, exp: now + seconds };
    const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
    const text = `${encode({ alg: 'ES256', kid: '1', typ: 'JWT' })}.${encode(claims)}`;
    const { privateKey: key } = this.pair;
    return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  }
}
