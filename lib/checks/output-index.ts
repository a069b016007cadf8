import type { SecretSpec } from '../graph/secret-spec';
import { serviceOf, type Service } from '../kubernetes/kube-service';
import { isCrd, type KubernetesObject } from '../kubernetes/object';
import { LabelIndex, matches, type LabelSelector } from '../kubernetes/selection';
import { textsOf, type Text } from '../kubernetes/texts';
import { podsOf, workloadOf, type Pod, type Workload } from '../kubernetes/workload';
import { clusterNamespaces, clusterPods, clusterServices, isMadeInCluster } from './cluster';
import { objectsOf, type Output } from './output';
import { referencesOf, type Reference } from './references';

/** Keys of a Secret; `any` where nobody knows them. */
export type Keys = ReadonlySet<string> | 'any';

/** The output as the rules ask for it: everything is looked up once and found without a search. */
export class OutputIndex {
  readonly objects: readonly KubernetesObject[];
  /** Pods by label: those of workloads, of operators and of the cluster itself. */
  readonly pods: LabelIndex<Omit<Pod, 'owner'> & Partial<Pick<Pod, 'owner'>>>;
  /** Services by label, likewise. */
  readonly services: LabelIndex<Service>;
  readonly workloads: readonly Workload[];
  readonly references: readonly Reference[];
  readonly texts: readonly Text[];
  /** The definitions of custom resources, by `group/Kind`. */
  readonly crds: ReadonlyMap<string, KubernetesObject>;
  /** Jobs by `namespace/name`, where the name is the one before the digest that the output adds. */
  readonly jobs: ReadonlyMap<string, KubernetesObject>;

  private readonly byName = new Map<string, KubernetesObject>();
  private readonly waves = new Map<KubernetesObject, { readonly file: string; readonly wave: number }>();
  private readonly secrets = new Map<string, ReadonlySet<string>>();
  private readonly serviceByName: ReadonlyMap<string, Service>;

  constructor(readonly output: Output) {
    this.objects = objectsOf(output);
    for (const { name: file, wave, objects } of output.files) {
      for (const object of objects) {
        this.waves.set(object, { file, wave });
        this.byName.set(key(object.kind, object.metadata.namespace, object.metadata.name), object);
      }
    }
    this.workloads = this.objects.map(workloadOf).filter((workload) => workload !== undefined);
    const { customResources, checks } = output.declared;
    const made = this.objects.flatMap((object) =>
      customResources.of(object).flatMap((resource) => resource.made?.(object) ?? []),
    );
    this.pods = new LabelIndex([
      ...this.workloads.flatMap(podsOf),
      ...made.flatMap(({ pods }) => pods),
      ...clusterPods,
    ]);
    const services = [
      ...this.objects.filter(({ kind, apiVersion }) => kind === 'Service' && apiVersion === 'v1').map(serviceOf),
      ...made.flatMap((item) => item.services),
      ...checks.keptServices.flatMap((keptBy) => this.workloads.flatMap(keptBy)),
      ...clusterServices,
    ];
    this.services = new LabelIndex(services);
    this.serviceByName = new Map(services.map((service) => [`${service.namespace}/${service.name}`, service]));
    this.references = this.objects.flatMap((object) => referencesOf(object, customResources));
    this.texts = textsOf([...this.objects, ...output.secrets.map(asObject)]);
    this.crds = new Map(this.objects.filter(isCrd).map((crd) => [`${crd.spec.group}/${crd.spec.names.kind}`, crd]));
    this.jobs = new Map(
      this.objects
        .filter(({ kind }) => kind === 'Job')
        .map((job) => [`${job.metadata.namespace}/${job.metadata.name.replace(/-[0-9a-f]{8}$/, '')}`, job]),
    );
    this.collectSecrets();
  }

  private collectSecrets(): void {
    for (const { namespace, name, keys } of this.output.external.secrets) this.addSecret(namespace, name, keys);
    for (const { namespace, name, keys } of this.output.secrets) this.addSecret(namespace, name, Object.keys(keys));
    for (const object of this.objects) {
      if (object.kind !== 'Secret') continue;
      const keys = Object.keys({ ...(object.data as object), ...(object.stringData as object) });
      this.addSecret(object.metadata.namespace ?? '', object.metadata.name, keys);
    }
  }

  private addSecret(namespace: string, name: string, keys: readonly string[]): void {
    const known = this.secrets.get(`${namespace}/${name}`);
    this.secrets.set(`${namespace}/${name}`, new Set([...(known ?? []), ...keys]));
  }

  /** The object of this kind and name; undefined where the output has none. */
  find(kind: string, namespace: string | undefined, name: string): KubernetesObject | undefined {
    return this.byName.get(key(kind, namespace, name));
  }

  /** Keys of a Secret that exists or will; undefined for any other. */
  secretKeys(namespace: string, name: string): Keys | undefined {
    const { pullSecrets, external } = this.output;
    const known = this.secrets.get(`${namespace}/${name}`);
    return known ?? (pullSecrets.includes(name) || external.tlsSecrets.has(name) ? 'any' : undefined);
  }

  service(namespace: string, name: string): Service | undefined {
    return this.serviceByName.get(`${namespace}/${name}`);
  }

  /** File and wave that an object of the output is in. */
  placeOf(object: KubernetesObject): { readonly file: string; readonly wave: number } {
    return this.waves.get(object) ?? { file: '', wave: 0 };
  }

  /** Whether the output makes a namespace. */
  owns(namespace: string): boolean {
    return this.find('Namespace', undefined, namespace) !== undefined;
  }

  /** Whether a namespace is there without the output: what is in it cannot be known. */
  isExternal(namespace: string): boolean {
    return (
      !this.owns(namespace) && (clusterNamespaces.has(namespace) || this.output.external.namespaces.has(namespace))
    );
  }

  /** Whether a selector takes pods that users start themselves later on. */
  selectsLaterPods(selector: LabelSelector): boolean {
    return this.output.declared.checks.laterPods.some((labels) => matches(labels, selector));
  }

  /** Whether something that is referred to exists: in the output, in the cluster, or where nobody can look. */
  exists(kind: string, namespace: string | undefined, name: string): boolean {
    if (this.find(kind, namespace, name) !== undefined || isMadeInCluster(kind, name)) return true;
    if (kind === 'ConfigMap' && this.output.declared.checks.madeConfigMaps.includes(name)) return true;
    if (kind === 'StorageClass') return this.output.external.storageClasses.has(name);
    return namespace !== undefined && this.isExternal(namespace);
  }
}

/** What a Secret will hold, as far as it is known. */
const asObject = ({ namespace, name, keys }: SecretSpec): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { namespace, name },
  keys,
});

const key = (kind: string, namespace: string | undefined, name: string): string => `${kind}/${namespace ?? ''}/${name}`;
