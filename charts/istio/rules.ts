import { clusterAddress } from '../../lib/checks/cluster-addresses';
import { finding, missing, type Rule } from '../../lib/config/rule';

/** The part of the config that the rules read. */
interface Config {
  readonly networkPolicies: false | { readonly flavor: string };
  readonly services: {
    readonly istio:
      | false
      | {
          readonly expose: object;
          readonly external?: { readonly url: string; readonly tlsSecret?: string };
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

/** Whoever is on the way to plain HTTP could hand out keys of his own, by which any token is right. */
const keysOverTls: Rule<Config> = ({ services: { istio } }) => {
  const { issuer, jwksUri, jwks } = (istio !== false && istio.tokens) || {};
  const [key, url] = jwksUri === undefined ? (['issuer', issuer] as const) : (['jwksUri', jwksUri] as const);
  if (jwks !== undefined || url === undefined || !url.startsWith('http://')) return [];
  if (clusterAddress(new URL(url).hostname) !== undefined) return [];
  const rule = 'would give the keys in clear text, which anybody on the way could replace (write https://, or jwks)';
  return [finding([...path, key], url, rule, [...path, 'jwks'], [...path, 'jwksUri'])];
};

/** Cilium's policies open names, and only the issuer knows at which its keys are. */
const keysByName: Rule<Config> = ({ services: { istio }, networkPolicies }) => {
  const { issuer, jwksUri, jwks } = (istio !== false && istio.tokens) || {};
  if (networkPolicies === false || networkPolicies.flavor !== 'cilium') return [];
  if (issuer === undefined || jwks !== undefined || jwksUri !== undefined) return [];
  const rule =
    'is needed with the policies of Cilium, which let istiod out to a host by its name (write where the keys are)';
  return [missing([...path, 'jwksUri'], rule, [...path, 'issuer'], ['networkPolicies', 'flavor'])];
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

/** With a certificate, plain HTTP is answered by a redirect, which few clients follow with a POST. */
const addressOverTls: Rule<Config> = ({ services: { istio } }) => {
  const { url, tlsSecret } = (istio !== false && istio.external) || {};
  if (url === undefined || tlsSecret === undefined || !url.startsWith('http://')) return [];
  const at = ['services', 'istio', 'external'];
  const rule = 'must be https://, as the gateway shows the certificate of tlsSecret (write that, or remove tlsSecret)';
  return [finding([...at, 'url'], url, rule, [...at, 'tlsSecret'])];
};

export const istioRules = [
  loginAndTokens,
  oneSourceOfKeys,
  issuerWithKeys,
  keysOverTls,
  keysByName,
  certificatesOfBoth,
  addressOverTls,
] as const;
