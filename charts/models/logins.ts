import type { Construct } from 'constructs';
import {
  AuthorizationPolicy,
  AuthorizationPolicySpecAction,
  RequestAuthentication,
  type AuthorizationPolicySpecRules,
} from '../../imports/security.istio.io';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import type { IngressGateway } from '../istio/istio';

/** Who issues tokens, and where the public keys are. */
export interface Tokens {
  readonly issuer: string;
  /** @default where the issuer says */
  readonly jwksUri?: string;
  readonly jwks?: string;
}

/** A model that asks for a token. */
export interface ModelWithLogin {
  readonly name: string;
  /** One of which a token must have. @default any */
  readonly audiences?: readonly string[];
}

export interface ModelLoginsProps {
  readonly gateway: Pick<IngressGateway, 'namespace' | 'selector'>;
  readonly tokens: Tokens;
  readonly modelNamespace: string;
  readonly models: readonly ModelWithLogin[];
}

/**
 * Closes models at the gateway to whoever has no token for them. Models without a login stay open. It comes a wave before the
 * models: none is ever open that should not be.
 */
export class ModelLogins extends ServiceChart {
  constructor(scope: Construct, id: string, { gateway, tokens, modelNamespace, models }: ModelLoginsProps) {
    super(scope, id, { wave: Wave.Applications, namespace: gateway.namespace });
    const selector = { matchLabels: { ...gateway.selector } };
    new RequestAuthentication(this, 'tokens', {
      metadata: { name: 'model-tokens' },
      // Not in the address as well, Istio's default, which ends up in logs.
      spec: { selector, jwtRules: [{ ...tokens, fromHeaders: [{ name: 'Authorization', prefix: 'Bearer ' }] }] },
    });
    for (const model of models) {
      new AuthorizationPolicy(this, `model-${model.name}`, {
        metadata: { name: `model-${model.name}` },
        spec: { selector, action: AuthorizationPolicySpecAction.DENY, rules: refusals(model, modelNamespace, tokens) },
      });
    }
  }
}

/**
 * Every way to the model, for whoever has no token, or one for somebody else. The ways are those of the routes that Seldon's
 * operator makes (seldon-core 1.17.1, createIstioResources): a path for HTTP, two headers for gRPC.
 */
function refusals({ name, audiences }: ModelWithLogin, namespace: string, { issuer }: Tokens) {
  const byPath = { to: [{ operation: { paths: [`/seldon/${namespace}/${name}`, `/seldon/${namespace}/${name}/*`] } }] };
  const byHeaders = [
    { key: 'request.headers[seldon]', values: [name] },
    { key: 'request.headers[namespace]', values: [namespace] },
  ];
  // Without a token there is no issuer either.
  const fromOthers = { key: 'request.auth.claims[iss]', notValues: [issuer] };
  const forOthers = audiences && { key: 'request.auth.audiences', notValues: [...audiences] };
  const rules: AuthorizationPolicySpecRules[] = [
    { ...byPath, when: [fromOthers] },
    { when: [...byHeaders, fromOthers] },
  ];
  if (forOthers === undefined) return rules;
  return [...rules, { ...byPath, when: [forOthers] }, { when: [...byHeaders, forOthers] }];
}
