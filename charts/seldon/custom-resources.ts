import { containerTargets, named, podTargets } from '../../lib/checks/pod-references';
import type { Pod } from '../../lib/kubernetes/workload';
import type { Target } from '../../lib/kubernetes/target';
import type { Labels } from '../../lib/kubernetes/selection';
import type { Service } from '../../lib/kubernetes/kube-service';
import type { Container, KubernetesObject, PodSpec } from '../../lib/kubernetes/object';
import type { CustomResource, Made, OperatedPodSet } from '../../lib/kubernetes/custom-resource';
import { modelReadiness } from './model-readiness';

export const customResources: readonly CustomResource[] = [
  {
    apiGroup: 'machinelearning.seldon.io',
    kind: 'SeldonDeployment',
    made,
    podSets: (object) => predictorsOf(object).flatMap(podSetsOf),
    // Its label on all that it makes of a model (seldon-core 1.17.1, createDeploymentWithoutEngine).
    podSelector: ({ metadata }) => ({ 'seldon-deployment-id': metadata.name }),
    readiness: modelReadiness,
    targets: (object) => predictorsOf(object).flatMap(targetsOf),
  },
];

/** The part of a predictor that is read here. */
interface Predictor {
  readonly name: string;
  readonly labels?: Labels;
  readonly replicas?: number;
  readonly graph: GraphNode;
  readonly componentSpecs?: readonly Component[];
  readonly svcOrchSpec?: Pick<Container, 'env' | 'resources'>;
}

interface Component {
  readonly spec?: Partial<PodSpec>;
  readonly hpaSpec?: { readonly minReplicas?: number; readonly maxReplicas: number };
}

interface GraphNode {
  readonly name: string;
  readonly envSecretRefName?: string;
  readonly serviceAccountName?: string;
  readonly children?: readonly GraphNode[];
}

const predictorsOf = ({ spec }: KubernetesObject): readonly Predictor[] =>
  (spec as { readonly predictors?: readonly Predictor[] }).predictors ?? [];

const isV2 = ({ spec }: KubernetesObject): boolean => (spec as { readonly protocol?: string }).protocol === 'v2';

/** seldon-core 1.17.1, operator/controllers/{seldondeployment_controller,seldondeployment_engine,labels}.go. */
function made(object: KubernetesObject): Made {
  const { name, namespace = '' } = object.metadata;
  const parts = predictorsOf(object).map((predictor) => {
    const app = `${name}-${predictor.name}`;
    const labels = {
      ...predictor.labels,
      'seldon-deployment-id': name,
      'seldon-app': app,
      'app.kubernetes.io/managed-by': 'seldon-core',
    };
    const pod: Pod = {
      owner: object,
      namespace,
      labels,
      ports: [
        { name: 'http', containerPort: 8000 },
        { name: 'metrics', containerPort: 8000 },
        { name: 'grpc', containerPort: 5001 },
        // Of the model server (operator/constants/constants.go, FirstMetricsPortNumber); MLServer gets none.
        ...(isV2(object) ? [] : [{ name: 'metrics', containerPort: 6000 }]),
      ],
    };
    const service: Service = {
      name: app,
      namespace,
      labels,
      ports: [
        { name: 'http', port: 8000 },
        { name: 'grpc', port: 5001 },
      ],
      headless: false,
      selector: { matchLabels: { 'seldon-app': app } },
    };
    return { pod, service };
  });
  return {
    pods: parts.map(({ pod }) => pod),
    services: parts.map(({ service }) => service),
    identity: { 'seldon-deployment-id': name },
  };
}

/**
 * A Deployment for each component; the executor is in the first (seldon-core 1.17.1,
 * operator/controllers/seldondeployment_engine.go).
 */
function podSetsOf({ componentSpecs = [], svcOrchSpec, replicas = 1 }: Predictor): OperatedPodSet[] {
  const executor = svcOrchSpec === undefined ? [] : [{ name: 'executor', resources: svcOrchSpec.resources }];
  const components: readonly Component[] = componentSpecs.length === 0 ? [{}] : componentSpecs;
  return components.map(({ spec, hpaSpec }, index) => ({
    containers: [...(index === 0 ? executor : []), ...(spec?.containers ?? [])],
    count: hpaSpec === undefined ? replicas : (hpaSpec.minReplicas ?? 1),
    most: hpaSpec?.maxReplicas,
  }));
}

const targetsOf = ({ graph, componentSpecs = [], svcOrchSpec }: Predictor): Target[] => [
  ...nodeTargets(graph),
  ...componentSpecs.flatMap(({ spec }) => podTargets({ containers: [], ...spec })),
  ...containerTargets({ name: 'svcOrchSpec', env: svcOrchSpec?.env }),
];

const nodeTargets = ({ name, envSecretRefName, serviceAccountName, children = [] }: GraphNode): Target[] => [
  ...named('Secret', envSecretRefName, `envSecretRefName of ${name}`),
  ...named('ServiceAccount', serviceAccountName, `serviceAccountName of ${name}`),
  ...children.flatMap(nodeTargets),
];
