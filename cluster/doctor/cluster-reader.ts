import { z } from 'zod';
import { flawOf } from '../../programs/credentials/values';
import { inParallel, itemsOf, type ClusterApi } from '../api/api';
import { ApiError, malformed } from '../api/api-error';
import type { LiveObject } from '../../lib/kubernetes/live-object';
import { liveObject } from '../api/live';
import { Kinds, objectKind, objectPath, type Kind } from '../api/kinds';
import { definitionsOf, groupKindOf } from '../deploy/plan';
import { missingRights, recordRights, rightsOn, type Right } from '../deploy/rights';
import type { KubernetesObject } from '../../lib/kubernetes/object';
import { counted } from './finding';
import type { ClusterFacts, Unseen } from './facts';
import type { Platform } from './platform';
import { grantedRights } from './grants';

/** Reads a cluster without changing it. What may not be read is listed in `unseen`, and is no error. */
export async function readCluster(
  api: ClusterApi,
  version: string,
  platform: Platform,
  stop: AbortSignal,
): Promise<ClusterFacts> {
  const { objects } = platform;
  const reader = new ClusterReader(api, platform, stop);
  const has = (kind: string): boolean => objects.some((object) => object.kind === kind);
  const core = '/api/v1';
  const webhooks = '/apis/admissionregistration.k8s.io/v1';
  const [
    namespaces,
    nodes,
    pods,
    services,
    deployments,
    storageClasses,
    ingressClasses,
    quotas,
    limitRanges,
    validating,
    mutating,
    apiServerSlices,
  ] = await Promise.all([
    reader.list(`${core}/namespaces`, 'Namespace', 'namespaces'),
    reader.list(`${core}/nodes`, 'Node', 'nodes'),
    reader.list(`${core}/pods`, 'Pod', 'pods', { fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' }),
    reader.list(`${core}/services`, 'Service', 'services'),
    reader.list('/apis/apps/v1/deployments', 'Deployment', 'deployments'),
    reader.list('/apis/storage.k8s.io/v1/storageclasses', 'StorageClass', 'storage classes'),
    has('Ingress')
      ? reader.list('/apis/networking.k8s.io/v1/ingressclasses', 'IngressClass', 'ingress classes')
      : undefined,
    reader.list(`${core}/resourcequotas`, 'ResourceQuota', 'resource quotas'),
    reader.list(`${core}/limitranges`, 'LimitRange', 'limit ranges'),
    reader.list(`${webhooks}/validatingwebhookconfigurations`, 'ValidatingWebhookConfiguration', 'webhooks'),
    reader.list(`${webhooks}/mutatingwebhookconfigurations`, 'MutatingWebhookConfiguration', 'webhooks'),
    platform.config.networkPolicies === false
      ? undefined
      : reader.list(
          '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices',
          'EndpointSlice',
          'the address of the API server',
          {
            labelSelector: 'kubernetes.io/service-name=kubernetes',
          },
        ),
  ]);
  const [autoscaled, { existing, unserved }, { secretKeys, secretFlaws }, rights] = await Promise.all([
    reader.isAutoscaled(),
    reader.existing(namespaces),
    reader.secrets(namespaces),
    reader.rights(),
  ]);
  return {
    ...{ version, namespaces, nodes, services, deployments, ingressClasses, quotas, limitRanges },
    pods: pods as ClusterFacts['pods'],
    storageClasses: storageClasses as ClusterFacts['storageClasses'],
    apiServerSlices: apiServerSlices as ClusterFacts['apiServerSlices'],
    webhooks: validating === undefined || mutating === undefined ? undefined : [...validating, ...mutating],
    ...{ autoscaled, existing, unserved, secretKeys, secretFlaws },
    ...rights,
    unseen: reader.unseen,
  };
}

/** Items per page, as in kubectl. */
const pageSize = '500';

class ClusterReader {
  private readonly failures = new Map<string, Unseen>();
  private readonly kinds: Kinds;
  private readonly definitions: ReturnType<typeof definitionsOf>;

  constructor(
    private readonly api: ClusterApi,
    private readonly platform: Platform,
    private readonly signal: AbortSignal,
  ) {
    this.kinds = new Kinds(api);
    this.definitions = definitionsOf(platform.objects);
  }

  get unseen(): readonly Unseen[] {
    return [...this.failures.values()];
  }

  /** The whole list at a path, page by page; undefined where it may not be read. */
  async list(
    path: string,
    kind: string,
    what: string,
    query: Readonly<Record<string, string>> = {},
  ): Promise<LiveObject[] | undefined> {
    const items: LiveObject[] = [];
    const [, apiVersion = ''] = /^\/apis?\/((?:[^/]+\/)?v\d+)\//.exec(path) ?? [];
    let token = '';
    try {
      do {
        const page = { limit: pageSize, ...(token === '' ? {} : { continue: token }) };
        const answer = await this.api.send('GET', path, { query: { ...query, ...page }, signal: this.signal });
        const { data: list } = listAnswer.safeParse(answer);
        if (list === undefined) throw malformed(200, `GET ${path}`, 'a list', JSON.stringify(answer));
        for (const item of itemsOf(answer)) items.push(liveObject(item, { apiVersion, kind }, `GET ${path}`));
        token = list.metadata?.continue ?? '';
      } while (token !== '');
      return items;
    } catch (error) {
      this.note(what, error);
      return undefined;
    }
  }

  /** Objects in the cluster under the platform's names, and objects whose kind the cluster does not serve. */
  async existing(namespaces: readonly LiveObject[] | undefined): Promise<Pick<ClusterFacts, 'existing' | 'unserved'>> {
    const there = namespaces && new Set(namespaces.map(({ metadata }) => metadata.name));
    const existing = new Map<KubernetesObject, LiveObject>();
    const unserved: KubernetesObject[] = [];
    const hidden: unknown[] = [];
    await inParallel(this.platform.objects, async (object) => {
      const { namespace, name } = object.metadata;
      try {
        const kind = await this.kinds.of(object);
        if (kind === undefined) {
          if (!this.definitions.has(groupKindOf(object))) unserved.push(object);
          return;
        }
        if (namespace !== undefined && there?.has(namespace) === false) return;
        const live = await this.api.get(objectPath(kind, namespace, name), objectKind(kind), { signal: this.signal });
        if (live !== undefined) existing.set(object, live);
      } catch (error) {
        hidden.push(error);
      }
    });
    if (hidden.length > 0)
      this.note(`whether ${counted(hidden.length, 'object')} of the platform are there already`, hidden[0]);
    return { existing, unserved };
  }

  /** The keys of the required Secrets, and the flaws of their values. */
  async secrets(
    namespaces: readonly LiveObject[] | undefined,
  ): Promise<Pick<ClusterFacts, 'secretKeys' | 'secretFlaws'>> {
    const there = namespaces && new Set(namespaces.map(({ metadata }) => metadata.name));
    const kind: Kind = { group: '', version: 'v1', kind: 'Secret', resource: 'secrets', namespaced: true };
    const keys = new Map<string, readonly string[] | undefined>();
    const flaws = new Map<string, Readonly<Record<string, string>>>();
    await inParallel(this.platform.secrets, async ({ namespace, name }) => {
      const place = `${namespace}/${name}`;
      if (there?.has(namespace) === false) {
        keys.set(place, undefined);
        return;
      }
      try {
        const live = await this.api.get(objectPath(kind, namespace, name), objectKind(kind), { signal: this.signal });
        const data = Object.entries((live?.data ?? {}) as Readonly<Record<string, string>>);
        keys.set(place, live === undefined ? undefined : data.map(([key]) => key));
        const found = data.map(([key, value]) => [key, flawOf(Buffer.from(value, 'base64'))] as const);
        flaws.set(place, Object.fromEntries(found.flatMap(([key, flaw]) => (flaw === undefined ? [] : [[key, flaw]]))));
      } catch (error) {
        this.note('Secrets', error);
      }
    });
    return { secretKeys: keys, secretFlaws: flaws };
  }

  /** The rights that the current user lacks, for applying the platform and for granting its roles. */
  async rights(): Promise<Pick<ClusterFacts, 'missingRights' | 'ungrantableRights'>> {
    const { objects } = this.platform;
    try {
      const needed = await inParallel(objects, async (object): Promise<Right[]> => {
        const served = await this.kinds.of(object);
        const resource = served?.resource ?? this.definitions.get(groupKindOf(object))?.plural;
        return resource === undefined ? [] : rightsOn(object, resource, false);
      });
      const [missing, ungrantable] = await Promise.all([
        missingRights(this.api, [...needed.flat(), ...recordRights], this.signal),
        this.ungrantable(),
      ]);
      return { missingRights: missing, ungrantableRights: ungrantable };
    } catch (error) {
      this.note('your rights', error);
      return { missingRights: [], ungrantableRights: [] };
    }
  }

  private async ungrantable(): Promise<Right[]> {
    const { rights, instead } = grantedRights(this.platform.objects);
    const lacking = await missingRights(this.api, instead, this.signal);
    return lacking.length === 0 ? [] : missingRights(this.api, rights, this.signal);
  }

  /**
   * Kubernetes' autoscaler, and cloud autoscalers based on it, publish their state in this ConfigMap (its CHANGELOG,
   * 0.5).
   */
  async isAutoscaled(): Promise<boolean> {
    const path = '/api/v1/namespaces/kube-system/configmaps/cluster-autoscaler-status';
    try {
      return (await this.api.get(path, { apiVersion: 'v1', kind: 'ConfigMap' }, { signal: this.signal })) !== undefined;
    } catch {
      return false; // Without access to it, findings assume the current nodes.
    }
  }

  private note(what: string, error: unknown): void {
    if (!(error instanceof ApiError)) throw error;
    this.failures.set(what, { what, why: error.message });
  }
}

const listAnswer = z.object({
  metadata: z.object({ continue: z.string().optional() }).optional(),
});
