import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { toJson_SeldoncoreoperatorValues, type SeldoncoreoperatorValues } from '../../imports/seldon-core-operator';
import { HelmRelease } from '../../lib/helm/release';
import { helmValues, type Values } from '../../lib/helm/values';
import { imageReference, type ImagePin } from '../../lib/images/images';
import { AlertRules } from '../../lib/graph/alert';
import { Monitored } from '../../lib/graph/monitor';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import type { ImageName, Sizes } from '../config';
import type { ClusterContext, PlatformContext } from '../context';
import type { IngressGateway } from '../istio/istio';
import { seldonRules } from './alerts';
import { SeldonGateway } from './gateway';

export interface SeldonProps {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  readonly sizes: Pick<Sizes, 'seldonOperator' | 'modelExecutor'>;
  /** `namespace/name` of the Istio Gateway of the routes. */
  readonly gateway: string;
  /** The only namespace in which it may make anything. */
  readonly modelNamespace: string;
}

/** Adds the operator and its gateway. */
export function addSeldon(
  { app, config, cluster, namespaces }: PlatformContext,
  gateway: IngressGateway | undefined,
): Seldon | undefined {
  if (config.services.seldon === false || gateway === undefined) return undefined;
  const modelNamespace = namespaces.get('models', 'baseline');
  const { reference } = new SeldonGateway(app, 'seldon-gateway', { ingressGateway: gateway, modelNamespace });
  return new Seldon(app, 'seldon', {
    cluster,
    namespace: namespaces.get('seldon', cluster.charts.podSecurity('seldon')),
    sizes: config.sizes,
    gateway: reference,
    modelNamespace,
  });
}

/** Seldon Core's operator: turns each SeldonDeployment into a Deployment with a route through Istio. */
export class Seldon extends ServiceChart {
  constructor(scope: Construct, id: string, props: SeldonProps) {
    const { namespace, modelNamespace } = props;
    super(scope, id, { wave: Wave.Operators, namespace, otherNamespaces: [modelNamespace] });
    new k8s.KubeConfigMap(this, 'config', { metadata: { name: 'seldon-config' }, data: seldonConfig(props.cluster) });
    new HelmRelease(this, 'release', {
      ...props.cluster.charts.release(
        'seldonCoreOperator',
        helmValues(toJson_SeldoncoreoperatorValues, seldonValues(props)),
      ),
      releaseName: 'seldon-core',
    });
    new Monitored(this, 'metrics', {
      name: 'seldon-operator',
      select: 'pods',
      labels: { 'control-plane': 'seldon-controller-manager' },
      namespace: props.namespace,
      port: 'metrics',
      path: '/metrics',
    });
    // The executor and, with protocol v1, the model server of every model, including models that are not in the config.
    new Monitored(this, 'model-metrics', {
      name: 'seldon-podmonitor',
      select: 'pods',
      labels: { 'app.kubernetes.io/managed-by': 'seldon-core' },
      port: 'metrics',
      path: '/prometheus',
    });
    // The operator tells the API server where its webhook is, when it starts.
    const manager = this.podsOf('Deployment/seldon-controller-manager');
    this.uses('the API server', { pods: manager, port: 4443 }, 'checks and completes the models');
    new AlertRules(this, 'alerts', ({ monitorNamespace }) =>
      seldonRules({ job: `${monitorNamespace}/seldon-operator`, namespace }),
    );
  }
}

function seldonValues({
  cluster: { images },
  sizes,
  gateway,
  modelNamespace,
}: SeldonProps): Values<SeldoncoreoperatorValues> {
  const { seldonOperator: operator, modelExecutor: executor } = sizes;
  return {
    image: withDigestInTag(images.get('seldonOperator')),
    // The operator makes its certificate and fills in its webhook at startup, so no secret is rendered.
    managerCreateResources: true,
    istio: { enabled: true, gateway },
    modelNamespace,
    manager: {
      cpuRequest: operator.cpu,
      cpuLimit: operator.cpuLimit,
      memoryRequest: operator.memory,
      memoryLimit: operator.memoryLimit,
    },
    executor: {
      image: withDigestInTag(images.get('seldonExecutor')),
      resources: {
        cpuRequest: executor.cpu,
        cpuLimit: executor.cpuLimit,
        memoryRequest: executor.memory,
        memoryLimit: executor.memoryLimit,
      },
    },
  };
}

/** Images that the operator puts into models' pods. Each key holds JSON (seldon-core 1.17.1, operator/constants). */
function seldonConfig({ images }: ClusterContext): Record<string, string> {
  const server = (name: ImageName): object => serverImage(images.get(name));
  const settings = {
    predictor_servers: {
      MLFLOW_SERVER: { protocols: { seldon: server('mlflowServer'), v2: server('mlserverMlflow') } },
      SKLEARN_SERVER: { protocols: { v2: server('mlserverSklearn') } },
      XGBOOST_SERVER: { protocols: { v2: server('mlserverXgboost') } },
      HUGGINGFACE_SERVER: { protocols: { v2: server('mlserverHuggingface') } },
      TRITON_SERVER: { protocols: { v2: server('tritonServer') } },
    },
    storageInitializer: {
      image: images.reference('seldonStorageInitializer'),
      cpuRequest: '100m',
      cpuLimit: '1',
      memoryRequest: '100Mi',
      memoryLimit: '1Gi',
    },
    credentials: {},
    explainer: {},
  };
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, JSON.stringify(value)]));
}

/** The chart has no value for a digest. */
const withDigestInTag = ({ registry, repository, tag, digest }: ImagePin): Omit<ImagePin, 'digest'> => ({
  registry,
  repository,
  tag: digest === undefined ? tag : `${tag}@${digest}`,
});

/** Seldon joins image and version with a colon, so the digest is part of the version. */
function serverImage(pin: ImagePin): object {
  const image = `${pin.registry}/${pin.repository}`;
  return { image, defaultImageVersion: imageReference(pin).slice(image.length + 1) };
}
