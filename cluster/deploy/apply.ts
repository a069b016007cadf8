import type { LiveObject } from '../../lib/kubernetes/live-object';
import { inParallel } from '../api/api';
import { ApiError } from '../api/api-error';
import { liveObject } from '../api/live';
import { objectKind, objectPath, type Kind } from '../api/kinds';
import { nameOf, type KubernetesObject } from '../../lib/kubernetes/object';
import { platformLabel } from '../../lib/kubernetes/labels';
import type { OutputFile } from '../../lib/output/collect';
import { clientSideManager, takeOver } from './client-side';
import { differences } from './differences';
import { conflictsOf, explainRejection, fieldManager, type FieldConflict } from './rejection';
import { deletionOf, type Prerequisites } from './prerequisites';
import { DeployError } from './progress';
import { describeWaits, type Session, type Wait } from './session';

/** The result of applying an object, or of a dry run. */
export interface Applied {
  readonly object: KubernetesObject;
  readonly change: 'created' | 'changed' | 'unchanged';
  /** Changed fields, as text. */
  readonly fields: readonly string[];
  /** Why a dry run could not ask the API server. */
  readonly unchecked?: string;
}

/** The result of applying a file, or of a dry run. */
export interface FileResult {
  readonly name: string;
  readonly applied: readonly Applied[];
}

interface Failed {
  readonly object: KubernetesObject;
  readonly problem: string;
}

type Outcome = Applied | Wait | Failed;

/** Applies objects by server-side apply, and waits for their prerequisites. */
export class Applier {
  constructor(
    private readonly session: Session,
    private readonly prerequisites: Prerequisites,
    private readonly platform: string,
    private readonly dryRun: boolean,
  ) {}

  /**
   * Applies the files of a wave and reports each one that is complete. Objects are applied in order, kind by kind. An
   * object whose prerequisites are missing is retried until the time is over, without blocking the others. Objects that
   * cannot be applied are reported together at the end, as a `DeployError`.
   */
  async applyWave(files: readonly OutputFile[], onFile: (result: FileResult) => void): Promise<void> {
    const { timeLimit, progress } = this.session;
    const failed: Failed[] = [];
    const done = new Map<KubernetesObject, Applied>();
    const untold = new Set(files);
    let pending = files.flatMap(({ objects }) => objects);
    for (let tries = 0; ; tries += 1) {
      const waits: Wait[] = [];
      for (const batch of batches(pending)) {
        for (const outcome of await inParallel(batch, (object) => this.attempt(object))) {
          if ('problem' in outcome) failed.push(outcome);
          else if ('reasons' in outcome) waits.push(outcome);
          else done.set(outcome.object, outcome);
        }
        this.session.throwIfStopped();
        for (const file of untold) {
          const applied = file.objects.map((object) => done.get(object)).filter((result) => result !== undefined);
          if (applied.length < file.objects.length) continue;
          untold.delete(file);
          onFile({ name: file.name, applied });
        }
      }
      pending = waits.map(({ object }) => object);
      if (waits.length === 0) break;
      if (timeLimit.over)
        throw new DeployError('The time is over.', [...failed.map(problemOf), ...describeWaits(waits)]);
      progress.waiting(describeWaits(waits));
      await this.session.pause(tries);
    }
    progress.waiting([]);
    if (failed.length > 0) throw new DeployError('Not everything could be applied.', failed.map(problemOf));
  }

  private async attempt(object: KubernetesObject): Promise<Outcome> {
    try {
      const prerequisite = await this.prerequisites.check(object);
      if (!prerequisite.met) {
        if (this.dryRun) return { object, change: 'created', fields: [], unchecked: prerequisite.reason };
        return prerequisite.final
          ? { object, problem: prerequisite.reason }
          : { object, reasons: [prerequisite.reason] };
      }
      return await this.applyOne(object);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { transient, text } = explainRejection(error, object);
      return transient ? { object, reasons: [text] } : { object, problem: text };
    }
  }

  private async applyOne(object: KubernetesObject): Promise<Outcome> {
    const kind = await this.session.kinds.of(object);
    if (kind === undefined) return { object, reasons: ['its kind is not served yet'] };
    let before = await this.session.get(kind, object.metadata.namespace, object.metadata.name);
    if (before?.metadata.deletionTimestamp !== undefined) return { object, reasons: [deletionOf(before)] };
    const owner = before?.metadata.labels?.[platformLabel];
    if (owner !== undefined && owner !== this.platform) {
      const problem = `belongs to the platform "${owner}" (give one of the two other namespaces, or the same name)`;
      return { object, problem };
    }
    if (before !== undefined && !this.dryRun) before = await this.takeOver(kind, before);
    const after = await this.patch(kind, object);
    if (before === undefined) return { object, change: 'created', fields: [] };
    if (before.metadata.resourceVersion === after.metadata.resourceVersion && !this.dryRun) {
      return { object, change: 'unchanged', fields: [] };
    }
    const fields = differences(before, after);
    return { object, change: fields.length === 0 ? 'unchanged' : 'changed', fields };
  }

  /**
   * Server-side apply. Takes over fields from `kubectl apply -f dist` and `kubectl scale`, and leaves fields of a webhook to
   * the program behind it.
   */
  private async patch(kind: Kind, object: KubernetesObject): Promise<LiveObject> {
    const path = objectPath(kind, object.metadata.namespace, object.metadata.name);
    const send = async (body: KubernetesObject, force: boolean): Promise<LiveObject> => {
      const answer = await this.session.write('PATCH', path, {
        body,
        contentType: 'application/apply-patch+yaml', // JSON is valid YAML.
        query: {
          fieldManager,
          fieldValidation: 'Strict',
          force: String(force),
          ...(this.dryRun ? { dryRun: 'All' } : {}),
        },
      });
      return liveObject(answer, objectKind(kind), `PATCH ${path}`);
    };
    try {
      return await send(object, false);
    } catch (error) {
      const conflicts = error instanceof ApiError ? conflictsOf(error) : [];
      if (conflicts.length === 0) throw error;
      if (conflicts.every((conflict) => conflict.manager === clientSideManager || isManualScale(conflict)))
        return await send(object, true);
      const yielded = withoutFilledIn(object, conflicts);
      if (yielded === undefined) throw error;
      return await send(yielded, false);
    }
  }

  private async takeOver(kind: Kind, live: LiveObject): Promise<LiveObject> {
    const patch = takeOver(live);
    if (patch === undefined) return live;
    const path = objectPath(kind, live.metadata.namespace, live.metadata.name);
    const options = { body: patch, contentType: 'application/json-patch+json', query: { fieldManager } };
    await this.session.write('PATCH', path, options);
    return live;
  }
}

const problemOf = ({ object, problem }: Failed): string => `${nameOf(object)}: ${problem}`;

/** Groups adjacent objects of the same kind, which do not depend on each other. */
function batches(objects: readonly KubernetesObject[]): KubernetesObject[][] {
  const result: KubernetesObject[][] = [];
  for (const object of objects) {
    const last = result.at(-1);
    if (last?.[0]?.kind === object.kind) last.push(object);
    else result.push([object]);
  }
  return result;
}

/** `kubectl scale` names its field manager after itself. An autoscaler has another, and no manifest sets its replicas. */
const isManualScale = ({ manager, field }: FieldConflict): boolean =>
  manager === 'kubectl' && field === '.spec.replicas';

/** Fields of a webhook that its program sets once it can answer, as istiod does. */
const filledIn = /^\.webhooks\[name="([^"]+)"\]\.(failurePolicy|clientConfig\.caBundle)$/;

/** The object without the fields that its program has filled in; undefined when other fields are in conflict too. */
export function withoutFilledIn(
  object: KubernetesObject,
  conflicts: readonly FieldConflict[],
): KubernetesObject | undefined {
  if (!/^(Validating|Mutating)WebhookConfiguration$/.test(object.kind)) return undefined;
  const copy = structuredClone(object) as KubernetesObject & {
    webhooks: { name: string; failurePolicy?: string; clientConfig: { caBundle?: string } }[];
  };
  for (const { field } of conflicts) {
    const [, name, property] = filledIn.exec(field) ?? [];
    const webhook = copy.webhooks.find((candidate) => candidate.name === name);
    if (webhook === undefined) return undefined;
    if (property === 'failurePolicy') delete webhook.failurePolicy;
    else delete webhook.clientConfig.caBundle;
  }
  return copy;
}
