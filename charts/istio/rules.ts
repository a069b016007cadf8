import { finding, missing, type Rule } from '../../lib/config/rule';

/** The part of the config that the rules read. */
interface Config {
  readonly services: {
    readonly istio:
      | false
      | {
          readonly expose: object;
          readonly external?: object;
          readonly tokens?: { readonly issuer: string; readonly jwksUri?: string; readonly jwks?: string };
        };
  };
  readonly models: readonly { readonly login?: object }[];
}

const path = ['services', 'istio', 'tokens'];

/** A login needs tokens, and tokens close nothing by themselves. */
const loginAndTokens: Rule<Config> = ({ services: { istio }, models }) => {
  if (istio === false) return [];
  const first = models.findIndex(({ login }) => login !== undefined);
  if (istio.tokens === undefined) {
    const rule =
      'somebody must issue the tokens that models ask for (write e.g. { issuer: "https://login.example.org" })';
    return first < 0 ? [] : [missing(path, rule, ['models', first, 'login'])];
  }
  const rule = 'close no model, as none has login (write login: {} for those that ask for a token)';
  return first < 0 ? [finding(path, istio.tokens, rule, ['models'])] : [];
};

const oneSourceOfKeys: Rule<Config> = ({ services: { istio } }) => {
  const { jwksUri, jwks } = (istio !== false && istio.tokens) || {};
  if (jwksUri === undefined || jwks === undefined) return [];
  const rule = 'has no effect beside jwks (remove one of the two)';
  return [finding([...path, 'jwksUri'], jwksUri, rule, [...path, 'jwks'])];
};

/** Without keys, they are where the issuer says, which must be a URL then. */
const issuerWithKeys: Rule<Config> = ({ services: { istio } }) => {
  const tokens = (istio !== false && istio.tokens) || undefined;
  if (tokens === undefined || tokens.jwks !== undefined || tokens.jwksUri !== undefined) return [];
  if (/^https?:\/\//.test(tokens.issuer)) return [];
  const rule = 'is no URL that names its keys (write jwksUri or jwks as well)';
  return [finding([...path, 'issuer'], tokens.issuer, rule, [...path, 'jwks'], [...path, 'jwksUri'])];
};

/** Who asks for a certificate shows one. */
const certificatesOfBoth: Rule<Config> = ({ services: { istio } }) =>
  (['expose', 'external'] as const).flatMap((key) => {
    const keys: { readonly tlsSecret?: string; readonly clientCertificates?: boolean } =
      (istio !== false && istio[key]) || {};
    if (keys.clientCertificates !== true || keys.tlsSecret !== undefined) return [];
    const at = ['services', 'istio', key];
    const rule = 'needs the Secret with the certificates (write e.g. tlsSecret: "models-tls")';
    return [finding([...at, 'clientCertificates'], true, rule, [...at, 'tlsSecret'])];
  });

export const istioRules = [loginAndTokens, oneSourceOfKeys, issuerWithKeys, certificatesOfBoth] as const;
