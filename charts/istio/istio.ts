import type { Construct } from 'constructs';
import { ownTlsOf, type HttpExposure, type OwnTls } from '../../lib/config/sections/exposure';
import type { ComponentSize } from '../../lib/config/sizes';
import { toJson_BaseValues } from '../../imports/base';
import { toJson_GatewayValues, type GatewayValues } from '../../imports/gateway';
import { toJson_IstiodValues, type IstiodValues } from '../../imports/istiod';
import { HelmRelease } from '../../lib/helm/release';
import { helmValues, type Values } from '../../lib/helm/values';
import { AlertRules } from '../../lib/graph/alert';
import type { Pods } from '../../lib/graph/connection';
import { Endpoint } from '../../lib/graph/endpoint';
import { Exposed, serviceSettings } from '../../lib/graph/exposure';
import { Monitored } from '../../lib/graph/monitor';
import { resourceValues } from '../../lib/kubernetes/pods';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import type { Sizes } from '../config';
import type { ClusterContext, PlatformContext } from '../context';
import { istioRules } from './alerts';

export interface IstioProps {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  readonly sizes: Pick<Sizes, 'istiod' | 'ingressGateway' | 'egressGateway'>;
  readonly expose: HttpExposure;
  /** Where istiod reads the keys of those who issue tokens. @default nowhere */
  readonly keys?: Endpoint;
  /** Whether to install a gateway for traffic that leaves the mesh. @default false */
  readonly egressGateway?: boolean;
}

/** Pod labels of the ingress gateway, for the selector of a Gateway. */
export interface IngressGateway {
  readonly namespace: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly pods: Pods;
  /** Where clients outside the cluster reach it; undefined where they cannot. */
  readonly address?: Endpoint;
  /** Its certificate, in a Secret beside it. @default plain HTTP */
  readonly tls?: OwnTls;
}

/** Adds the platform's Istio, or returns the gateway of the user's. */
export function addIstio({ app, config, cluster, namespaces }: PlatformContext): IngressGateway | undefined {
  const { istio } = config.services;
  if (istio === false) return undefined;
  if (istio.external !== undefined) {
    const { namespace, gatewaySelector, url } = istio.external;
    const pods = { title: 'ingress gateway', namespace, labels: gatewaySelector };
    return { namespace, selector: gatewaySelector, pods, address: Endpoint.ofUrl(url), tls: ownTlsOf(istio.external) };
  }
  const { expose, tokens, egressGateway } = istio;
  return new Istio(app, 'istio', {
    cluster,
    // Istio's own tools expect this name, whatever the prefix of the platform.
    namespace: namespaces.register('istio-system', cluster.charts.podSecurity('istio')),
    sizes: config.sizes,
    expose,
    keys:
      tokens === undefined || tokens.jwks !== undefined ? undefined : Endpoint.ofUrl(tokens.jwksUri ?? tokens.issuer),
    egressGateway,
  }).ingressGateway;
}

/** Istio's custom resources, its control plane, and the gateway for the models. */
export class Istio extends ServiceChart {
  readonly ingressGateway: IngressGateway;

  constructor(scope: Construct, id: string, props: IstioProps) {
    const { cluster, namespace, expose, keys, sizes } = props;
    super(scope, id, { wave: Wave.Operators, namespace });

    const release = (releaseName: string, ...chart: Parameters<ClusterContext['charts']['release']>): void => {
      new HelmRelease(this, releaseName, { ...cluster.charts.release(...chart), releaseName });
    };
    const { tag } = cluster.images.get('istiod');
    release('istio-base', 'istioBase', helmValues(toJson_BaseValues, { global: { istioNamespace: namespace, tag } }));
    release('istiod', 'istiod', helmValues(toJson_IstiodValues, istiodValues(props)), originalIstiodValues(props));
    release(
      'istio-ingressgateway',
      'istioGateway',
      helmValues(toJson_GatewayValues, gatewayValues(props, sizes.ingressGateway, ingressService(expose))),
    );
    const { endpoint: address } = new Exposed(this, 'expose', {
      ...{ exposure: expose, externalHost: cluster.externalHost },
      ...{ service: 'istio-ingressgateway', port: 80 },
    });
    if (props.egressGateway === true) {
      release(
        'istio-egressgateway',
        'istioGateway',
        helmValues(toJson_GatewayValues, gatewayValues(props, sizes.egressGateway, egressService)),
      );
    }

    const gateway = 'Deployment/istio-ingressgateway';
    this.ingressGateway = {
      ...{ namespace, selector: { istio: 'ingressgateway' }, pods: this.podsOf(gateway), address },
      tls: ownTlsOf(expose),
    };
    new Monitored(this, 'metrics', {
      name: 'istiod',
      select: 'service',
      labels: { app: 'istiod' },
      namespace,
      port: 'http-monitoring',
      path: '/metrics',
    });
    new AlertRules(this, 'alerts', () => istioRules({ job: 'istiod', namespace }));
    const istiod = Endpoint.ofService({
      name: 'istiod',
      namespace,
      domain: cluster.domain,
      port: 15012,
      scheme: 'grpc',
    });
    this.uses(gateway, istiod, 'routes and certificates');
    for (const port of portsOf(ingressService(expose))) {
      this.uses('anyone', { service: 'istio-ingressgateway', namespace, port }, 'requests to the models');
    }
    if (keys !== undefined) this.uses('Deployment/istiod', keys, 'keys of those who issue tokens');
    if (props.egressGateway !== true) return;
    this.uses('Deployment/istio-egressgateway', istiod, 'routes and certificates');
    for (const port of portsOf(egressService)) {
      this.uses('anyone', { service: 'istio-egressgateway', namespace, port }, 'traffic that leaves the mesh');
    }
    const internet = { addresses: 'internet', ports: [80, 443] };
    this.uses('Deployment/istio-egressgateway', internet, 'traffic that leaves the mesh');
  }
}

function istiodValues({ cluster, namespace, sizes }: IstioProps): Values<IstiodValues> {
  return {
    global: {
      tag: cluster.images.get('istiod').tag,
      imagePullSecrets: cluster.images.pullSecrets,
      istioNamespace: namespace,
      proxy: { clusterDomain: cluster.domain },
    },
    pilot: {
      image: cluster.images.reference('istiod'),
      autoscaleEnabled: false,
      replicaCount: sizes.istiod.replicas,
      resources: resourceValues(sizes.istiod),
    },
  };
}

/** What istiod fills into the pods of the original gateways; our own are complete without it. */
function originalIstiodValues({ cluster }: IstioProps): object {
  const image = cluster.images.reference('istioProxy');
  return {
    global: { proxy: { image }, proxy_init: { image } },
    // The chart would let the account of ztunnel, which does not run here, ask for certificates of others.
    pilot: { env: { CA_TRUSTED_NODE_ACCOUNTS: 'none' } },
  };
}

type GatewayService = Values<GatewayValues>['service'];

function gatewayValues(
  { cluster, namespace }: IstioProps,
  size: ComponentSize,
  service: GatewayService,
): Values<GatewayValues> {
  return {
    global: {
      tag: cluster.images.get('istioProxy').tag,
      istioNamespace: namespace,
      proxy: { image: cluster.images.reference('istioProxy'), clusterDomain: cluster.domain },
    },
    replicaCount: size.replicas,
    autoscaling: { enabled: false },
    resources: resourceValues(size),
    service,
  };
}

const portsOf = (service: GatewayService): number[] => (service?.ports ?? []).map(({ port }) => port);

function ingressService(expose: HttpExposure): GatewayService {
  const { type, nodePort, annotations } = serviceSettings(expose);
  const entry = ownTlsOf(expose) === undefined ? plainHttp : https;
  return {
    type,
    annotations,
    // Without a number, Kubernetes would pick any free node port, perhaps one that another Service requests by number.
    ports: type === 'NodePort' ? [{ ...entry, nodePort }] : [statusPort, plainHttp, https],
  };
}

/** Load balancers check the readiness of the gateway here. */
const statusPort = { name: 'status-port', port: 15021, protocol: 'TCP', targetPort: 15021 } as const;
const plainHttp = { name: 'http2', port: 80, protocol: 'TCP', targetPort: 80 } as const;
const https = { name: 'https', port: 443, protocol: 'TCP', targetPort: 443 } as const;

const egressService: GatewayService = {
  type: 'ClusterIP',
  ports: [plainHttp, https],
};
