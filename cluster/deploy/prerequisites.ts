import type { LiveObject } from '../../lib/kubernetes/live-object';
import { nameOf, type KubernetesObject } from '../../lib/kubernetes/object';
import { AdmissionWebhooks } from './admission-webhooks';
import { definitionsIn, groupKindOf, type Definition, type Plan } from './plan';
import { readinessOf } from '../../lib/kubernetes/readiness';
import type { Session } from './session';
import { stateOf } from './state';

/** Whether an object can be applied now. */
export type Prerequisite =
  | { readonly met: true }
  /** Not yet: a prerequisite is still being created. */
  | { readonly met: false; readonly reason: string; readonly final?: undefined }
  /** Never: nothing creates the prerequisite. */
  | { readonly met: false; readonly reason: string; readonly final: true };

const met: Prerequisite = { met: true };
const later = (reason: string): Prerequisite => ({ met: false, reason });
const never = (reason: string): Prerequisite => ({ met: false, reason, final: true });

/** Checks what an object needs before it can be applied: its namespace, its definition, and its admission webhooks. */
export class Prerequisites {
  private readonly definitions: ReadonlyMap<string, Definition>;
  private readonly admission: AdmissionWebhooks;
  private readonly chosen: ReadonlySet<KubernetesObject>;
  private readonly fulfilled = new Set<string>();

  constructor(
    private readonly session: Session,
    private readonly plan: Plan,
  ) {
    this.definitions = definitionsIn(plan);
    this.admission = new AdmissionWebhooks(plan);
    this.chosen = new Set(plan.chosen.flatMap((file) => file.objects));
  }

  async check(object: KubernetesObject): Promise<Prerequisite> {
    const definition = await this.definition(object);
    if (!definition.met) return definition;
    const namespace = await this.namespace(object);
    return namespace.met ? this.webhooks(object) : namespace;
  }

  /** The definition of the object's kind. */
  private async definition(object: KubernetesObject): Promise<Prerequisite> {
    const key = groupKindOf(object);
    const definition = this.definitions.get(key);
    return this.once(`definition ${key}`, async () => {
      if (definition === undefined) {
        if ((await this.session.persist(() => this.session.kinds.of(object))) !== undefined) return met;
        return never(
          `the cluster does not know ${object.kind} of ${object.apiVersion} (is the program that brings it installed?)`,
        );
      }
      const live = await this.session.live(definition.object);
      const missing = this.missing(definition.object, live);
      if (missing !== undefined) return missing;
      const { state, why } = live === undefined ? { state: 'unready', why: 'is not there' } : readinessOf(live);
      if (state !== 'ready') return later(`needs ${nameOf(definition.object)}, which ${why}`);
      const served = await this.session.persist(() => this.session.kinds.of(object));
      return served === undefined ? later(`needs ${nameOf(definition.object)}, which is not served yet`) : met;
    });
  }

  private async namespace(object: KubernetesObject): Promise<Prerequisite> {
    const { namespace } = object.metadata;
    if (namespace === undefined) return met;
    // Not remembered: the namespace may be deleted at any time, and then everything in it waits.
    const wanted = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
    const live = await this.session.live(wanted);
    const missing = this.missing(this.planned(wanted) ?? wanted, live);
    if (missing !== undefined) return missing;
    if (live === undefined) return later(`needs ${nameOf(wanted)}, which is not there`);
    return live.metadata.deletionTimestamp === undefined
      ? met
      : later(`needs ${nameOf(wanted)}, which ${deletionOf(live)}`);
  }

  private async webhooks(object: KubernetesObject): Promise<Prerequisite> {
    for (const server of this.admission.serversFor(object)) {
      const prerequisite = await this.once(`webhook ${nameOf(server)}`, async () => {
        const missing = this.missing(server, await this.session.live(server));
        if (missing !== undefined) return missing;
        const { readiness, reasons } = await stateOf(this.session, server);
        return readiness === 'ready' ? met : later(`waits for the webhook of ${nameOf(server)}: ${reasons.join('; ')}`);
      });
      if (!prerequisite.met) return prerequisite;
    }
    return met;
  }

  /** With `--only`, nothing creates the objects of other files. */
  private missing(needed: KubernetesObject, live: LiveObject | undefined): Prerequisite | undefined {
    if (live !== undefined || this.chosen.has(needed)) return undefined;
    const file = this.plan.files.find(({ objects }) => objects.includes(needed))?.name;
    return never(
      file === undefined
        ? `needs ${nameOf(needed)}, which is not there`
        : `needs ${nameOf(needed)}, which is not there (it is in ${file}: deploy once without --only)`,
    );
  }

  private planned(wanted: KubernetesObject): KubernetesObject | undefined {
    return this.plan.files.flatMap(({ objects }) => objects).find((object) => nameOf(object) === nameOf(wanted));
  }

  /** Skips a check that has succeeded once. */
  private async once(key: string, look: () => Promise<Prerequisite>): Promise<Prerequisite> {
    if (this.fulfilled.has(key)) return met;
    const prerequisite = await look();
    if (prerequisite.met) this.fulfilled.add(key);
    return prerequisite;
  }
}

interface NamespaceCondition {
  readonly type: string;
  readonly status: string;
  readonly message?: string;
}

/** What blocks the deletion of an object: its finalizers, or for a namespace those of its contents. */
export function deletionOf({ metadata, status }: LiveObject): string {
  const { conditions = [] } = (status ?? {}) as { conditions?: readonly NamespaceCondition[] };
  const kept = conditions
    .filter((condition) => condition.status === 'True' && condition.message !== undefined)
    .map(({ message }) => message);
  const finalizers = metadata.finalizers ?? [];
  const by = [...(finalizers.length === 0 ? [] : [`finalizers ${finalizers.join(', ')}`]), ...kept];
  return `is being deleted since ${metadata.deletionTimestamp ?? '?'}${by.length === 0 ? '' : `, kept by ${by.join('; ')}`}`;
}
