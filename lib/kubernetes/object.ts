/** One Kubernetes object, as a manifest spells it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * `Deployment/mlops-mlflow/mlflow-tracking-server`, or `Namespace/mlops-mlflow`: the name of an object in every
 * message.
 */
export function nameOf(object: KubernetesObject): string {
  return [object.kind, object.metadata.namespace, object.metadata.name].filter((part) => part !== undefined).join('/');
}

/** API group of an object; empty for the core group. */
export const groupOf = ({ apiVersion }: Pick<KubernetesObject, 'apiVersion'>): string =>
  apiVersion.split('/').slice(0, -1).join('/');

/** A definition of custom resources. */
export interface Crd extends KubernetesObject {
  readonly spec: { readonly group: string; readonly scope: string; readonly names: { readonly kind: string } };
}

export const isCrd = (object: KubernetesObject): object is Crd => object.kind === 'CustomResourceDefinition';

/** The pod template of a workload, wherever its kind keeps it; undefined for kinds without one. */
export function podTemplateOf(object: KubernetesObject): PodTemplate | undefined {
  const spec = object.spec as Record<string, unknown> | undefined;
  if (spec === undefined) return undefined;
  switch (`${object.apiVersion}/${object.kind}`) {
    case 'apps/v1/Deployment':
    case 'apps/v1/StatefulSet':
    case 'apps/v1/DaemonSet':
    case 'apps/v1/ReplicaSet':
    case 'batch/v1/Job':
      return spec.template as PodTemplate;
    case 'batch/v1/CronJob':
      return (spec.jobTemplate as { spec: { template: PodTemplate } }).spec.template;
    case 'v1/Pod':
      return { metadata: object.metadata, spec: object.spec as PodSpec };
    default:
      return undefined;
  }
}

export interface PodTemplate {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec: PodSpec;
}

/** The parts of a pod that this project reads. */
export interface PodSpec {
  readonly enableServiceLinks?: boolean;
  readonly serviceAccountName?: string;
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly [field: string]: unknown;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly EnvVar[];
  readonly envFrom?: readonly { readonly secretRef?: Reference; readonly configMapRef?: Reference }[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number; readonly protocol?: string }[];
  readonly resources?: Resources;
  readonly [field: string]: unknown;
}

export interface Resources {
  readonly requests?: Readonly<Record<string, string | number>>;
  readonly limits?: Readonly<Record<string, string | number>>;
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef?: KeyReference; readonly configMapKeyRef?: KeyReference };
}

export interface Reference {
  readonly name: string;
  readonly optional?: boolean;
}

export interface KeyReference extends Reference {
  readonly key: string;
}

export interface Volume {
  readonly name: string;
  readonly secret?: { readonly secretName: string; readonly optional?: boolean; readonly items?: readonly KeyItem[] };
  readonly configMap?: Reference & { readonly items?: readonly KeyItem[] };
  readonly persistentVolumeClaim?: { readonly claimName: string };
  readonly projected?: {
    readonly sources: readonly {
      readonly secret?: Reference & { readonly items?: readonly KeyItem[] };
      readonly configMap?: Reference & { readonly items?: readonly KeyItem[] };
    }[];
  };
  readonly [field: string]: unknown;
}

export interface KeyItem {
  readonly key: string;
  readonly path: string;
}
