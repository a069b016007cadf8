import { isPublicKeySet } from '../../../charts/istio/public-keys';

const ec = { kty: 'EC', crv: 'P-256', x: 'a', y: 'b' };
const rsa = { kty: 'RSA', n: 'a', e: 'AQAB' };

test.each([
  ['one key', [ec], true],
  ['keys of several types', [ec, rsa, { kty: 'OKP', crv: 'Ed25519', x: 'a' }], true],
  ['no key', [], false],
  ['a key without a type', [{}], false],
  ['a private key', [{ ...ec, d: 'c' }], false],
  ['a private key beside a public one', [rsa, { ...rsa, d: 'c' }], false],
  ['a shared secret', [{ kty: 'oct', k: 'a' }], false],
  ['a key that lacks a part', [{ kty: 'RSA', n: 'a' }], false],
])('a key set with %s', (_, keys, accepted) => {
  expect(isPublicKeySet(JSON.stringify({ keys }))).toBe(accepted);
});

test.each(['', 'null', '[]', '{"keys":{}}', '{"keys":[null]}', '{'])('%j is no key set', (text) => {
  expect(isPublicKeySet(text)).toBe(false);
});
