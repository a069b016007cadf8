import { z } from 'zod';
import { unseen } from '../../lib/config/characters';
import { labels } from '../../lib/config/metadata';
import { dnsLabel, httpUrl, text } from '../../lib/config/primitives';
import { nothingBesideExternal } from '../../lib/config/rules/needs';
import { absenceOf } from '../../lib/config/rules/sizes';
import { chartSource } from '../../lib/config/sections/charts';
import { entrance, ownTls } from '../../lib/config/sections/exposure';
import { installable } from '../../lib/config/sections/installable';
import { amd64AndArm64, apache, docker, facts } from '../../lib/images/declared';
import { declareService } from '../../lib/service/declaration';
import { checks, gatewayViolations, imageSpellings } from './checks';
import { isPublicKeySet } from './public-keys';
import { istioRules } from './rules';

const istio = installable({
  /**
   * How clients outside the cluster reach the models.
   * @default a node port
   * @example { type: 'loadBalancer', host: 'models.example.org', tlsSecret: 'models-tls' }
   */
  expose: entrance(30080),
  /**
   * Whose tokens (JSON Web Tokens, as OpenID Connect providers issue them) the gateway accepts from clients of models with
   * `login`.
   * @default none
   * @example { issuer: 'https://login.example.org' }
   */
  tokens: z
    .strictObject({
      /**
       * Issuer, as in the claim `iss`.
       * @example 'https://login.example.org'
       */
      issuer: text(
        'an issuer without spaces and asterisks',
        new RegExp(`^[^\\s*${unseen}]+$`, 'u'),
        'https://login.example.org',
      ),
      /**
       * URL of its public keys, from which istiod reads them.
       * @default the one that `<issuer>/.well-known/openid-configuration` names
       * @example 'https://login.example.org/keys'
       */
      jwksUri: httpUrl('https://login.example.org/keys').optional(),
      /**
       * The public keys themselves, as JSON, for an issuer that nobody can ask.
       * @default those of `jwksUri`
       * @example '{"keys":[{"kty":"EC","crv":"P-256","kid":"1","x":"…","y":"…"}]}'
       */
      jwks: text('a JSON Web Key Set of public keys', isPublicKeySet, '{"keys":[…]}').optional(),
    })
    .optional(),
  /**
   * Whether to install a gateway for traffic that leaves the mesh.
   * @default false
   * @example true
   */
  egressGateway: z.boolean({ error: 'must be true or false' }).default(false),
  /**
   * Uses an Istio of your own.
   * @default Istio is installed
   */
  external: z
    .strictObject({
      /**
       * Namespace of its ingress gateway's pods.
       * @default 'istio-system'
       * @example 'istio-ingress'
       */
      namespace: dnsLabel('istio-ingress').default('istio-system'),
      /**
       * Labels of its ingress gateway's pods.
       * @default { istio: 'ingressgateway' }
       * @example { istio: 'ingressgateway' }
       */
      gatewaySelector: labels.default({ istio: 'ingressgateway' }),
      /**
       * URL at which clients outside the cluster reach that gateway.
       * @example 'https://models.example.org'
       */
      url: httpUrl('https://models.example.org'),
      ...ownTls,
    })
    .optional(),
});

export type IstioConfig = z.output<typeof istio>;

const version = '1.31.4'; // docker.io/istio/pilot

// istio/istio 1.31, prow/release-commit.sh
const known = apache(amd64AndArm64);

const original = {
  version,
  appVersion: version,
  // istio.io, blog/2026/retirement-of-gcp
  repository: 'oci://ghcr.io/istio/release/charts',
  licence: 'Apache-2.0',
  // endoflife-date/endoflife.date, products/istio.md
  upkeep: 'Maintained; made for Kubernetes 1.32 to 1.36.',
} as const;

export default declareService({
  name: 'istio',
  config: {
    services: {
      /**
       * The service mesh whose gateway serves the models. `false` leaves it out.
       * @default installed
       */
      istio,
    },
    charts: {
      /**
       * Charts of Istio's control plane and gateways.
       * @default the default above
       * @example 'upstream'
       */
      istio: chartSource.optional(),
    },
  },
  rules: [nothingBesideExternal('istio', 'expose', 'egressGateway'), ...istioRules],
  httpExposures: ['expose'],
  externalApiGroups: ({ services }: Config) =>
    services.istio !== false && services.istio.external !== undefined
      ? ['networking.istio.io', 'security.istio.io', 'telemetry.istio.io', 'extensions.istio.io']
      : [],
  sizes: {
    istiod: {
      laptop: [1, '50m', '1', '256Mi', '512Mi'],
      team: [1, '200m', '2', '512Mi', '1Gi'],
      production: [2, '500m', '2', '2Gi', '4Gi'],
    },
    ingressGateway: {
      laptop: [1, '20m', '1', '64Mi', '256Mi'],
      team: [1, '100m', '2', '128Mi', '1Gi'],
      production: [2, '500m', '2', '256Mi', '1Gi'],
    },
    egressGateway: {
      laptop: [1, '20m', '1', '64Mi', '256Mi'],
      team: [1, '100m', '2', '128Mi', '1Gi'],
      production: [2, '100m', '2', '128Mi', '1Gi'],
      absent: ({ services }: Config) =>
        services.istio !== false && !services.istio.egressGateway
          ? { because: ['services', 'istio', 'egressGateway'], is: 'false' }
          : absenceOf({ services }, 'istio'),
    },
  },
  images: {
    istiod: docker('istio/pilot', version, known),
    istioProxy: docker('istio/proxyv2', version, known),
  },
  charts: {
    istioBase: { bundled: 'istio-base', original: { name: 'base', ...original } },
    istiod: { bundled: 'istiod', original: { name: 'istiod', ...original } },
    istioGateway: { bundled: 'istio-gateway', original: { name: 'gateway', ...original } },
  },
  originalCharts: {
    podSecurity: 'baseline',
    // docker-library/official-images, library/busybox
    namedThere: [
      docker(
        'library/busybox',
        '1.28',
        facts('GPL-2.0-only', [
          ...amd64AndArm64,
          ...(['arm/v5', 'arm/v6', 'arm/v7', '386', 'ppc64le', 's390x'] as const),
        ]),
      ),
    ],
  },
  checks,
  outputRules: [gatewayViolations],
  imageSpellings,
  upgrades: [{ section: 'Istio 1.17.2 → 1.31.4', from: /(^|\/)istio\/(pilot|proxyv2):1\.17\./ }],
  operator: {
    name: 'Istio',
    version: version.replace(/\.\d+$/, ''),
    program: 'pilot',
    // istio.io, news/releases/1.31.x/announcing-1.31
    kubernetes: { from: '1.32', to: '1.36' },
    instead: 'use it: services: { istio: { external: { url: … } } }; or remove it',
  },
});

type Config = { readonly services: { readonly istio: IstioConfig } };
