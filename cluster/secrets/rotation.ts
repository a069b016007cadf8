import type { SecretKeyRef, SecretSpec } from '../../lib/graph/secret-spec';
import { bothValidAnnotation } from '../../lib/graph/program-job';
import { nameOf as objectName, podTemplateOf, type KubernetesObject } from '../../lib/kubernetes/object';
import { type Data, materialize, nameOf, sourcesOf } from '../../programs/credentials/values';
import { objectPath } from '../api/kinds';
import { DeployError } from '../deploy/progress';
import { fieldManager } from '../deploy/rejection';
import type { Session } from '../deploy/session';
import { untilReady } from '../deploy/wait';
import type { Managed } from './managed';
import { groupsOf, jobName, randomKeys } from './plan';
import { ClusterSecrets, rotatedAnnotation, rotatingAnnotation, type Stored } from './stored';

/** As `kubectl rollout restart` does it (k8s.io/kubectl, pkg/polymorphichelpers/objectrestarter.go). */
const restartedAt = 'kubectl.kubernetes.io/restartedAt';

/**
 * Gives a Secret new values, and hands them on until everything works with them. The time at which it began is noted on
 * the Secret, with the new values: whoever begins again goes on with those, and whatever is done is not done twice.
 */
export class Rotation {
  private readonly secrets: ClusterSecrets;
  /** What the cluster holds. */
  private readonly known = new Map<string, Data>();

  constructor(
    private readonly session: Session,
    private readonly managed: Managed,
    private readonly now: () => Date,
  ) {
    this.secrets = new ClusterSecrets(session);
  }

  async run(): Promise<void> {
    const { managed, session } = this;
    const { spec, derived } = managed;
    const groups = groupsOf(managed);
    await this.mustBeDeployed(groups.filter(({ kind }) => kind === 'Job').flatMap(({ users }) => users));
    const since = await this.renew();
    for (const one of derived) await this.follow(one);
    for (const { kind, users } of groups) {
      const objects = users.map(({ object }) => object);
      if (kind === 'Job') for (const job of objects) await this.runAgain(job, 'both valid');
      else await this.restart(objects, since);
    }
    for (const { object } of groups.filter(({ kind }) => kind === 'Job').flatMap(({ users }) => users))
      await this.runAgain(object);
    await this.secrets.annotate(spec, { [rotatingAnnotation]: null, [rotatedAnnotation]: since });
    session.progress.done(`${nameOf(spec)} is rotated`);
  }

  /**
   * Before anything changes: every Secret that follows is there, and every Job as in the manifests, whose names change with
   * what they read. A Job of other manifests would make what nobody has deployed, and a later deploy would take it for done.
   */
  private async mustBeDeployed(jobs: readonly { readonly object: KubernetesObject }[]): Promise<void> {
    const { spec, derived } = this.managed;
    for (const one of derived) await this.secrets.get(one);
    if ((await this.secrets.get(spec)).annotations[rotatingAnnotation] !== undefined) return; // It ends them itself.
    for (const { object } of jobs) {
      if ((await this.session.live(object)) !== undefined) continue;
      throw new DeployError(
        `${objectName(object)} is not in the cluster: what runs there is not what these manifests say (run npm run deploy first).`,
      );
    }
  }

  /** @returns when the rotation began: now, or at the time of one that was interrupted */
  private async renew(): Promise<string> {
    const { spec } = this.managed;
    const held = await this.read(spec);
    const begun = held.annotations[rotatingAnnotation];
    if (begun !== undefined) {
      this.session.progress.note(`going on with the rotation that began at ${begun}`);
      return begun;
    }
    const since = this.now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z');
    const random = new Set(randomKeys(this.managed));
    const kept = [...held.data].filter(([key]) => !random.has(key) && !isTaken(spec, key));
    await this.write(spec, held, new Map(kept), { [rotatingAnnotation]: since });
    return since;
  }

  /** Brings a Secret to what its sources hold now. */
  private async follow(spec: SecretSpec): Promise<void> {
    const held = await this.read(spec);
    await this.write(spec, held, new Map([...held.data].filter(([key]) => !isTaken(spec, key))));
  }

  private async read(spec: SecretSpec): Promise<Stored> {
    for (const source of Object.values(spec.keys).flatMap(sourcesOf)) {
      const name = nameOf(source);
      if (name === nameOf(spec) || this.known.has(name)) continue;
      this.known.set(name, (await this.secrets.get(source)).data);
    }
    return this.secrets.get(spec);
  }

  /** @param kept values that stay; all others are made, or taken from their sources */
  private async write(
    spec: SecretSpec,
    held: Stored,
    kept: Data,
    annotations: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const made = materialize(spec, kept, (source) => this.valueOf(source));
    const changed = [...made].filter(([key, value]) => held.data.get(key)?.equals(value) !== true);
    if (changed.length > 0 || Object.keys(annotations).length > 0)
      await this.secrets.write(spec, held, new Map(changed), annotations);
    this.known.set(nameOf(spec), new Map([...held.data, ...made]));
    if (changed.length > 0) this.session.progress.done(`${nameOf(spec)}: ${changed.map(([key]) => key).join(', ')}`);
  }

  private valueOf(source: SecretKeyRef): Buffer {
    const value = this.known.get(nameOf(source))?.get(source.key);
    if (value !== undefined) return value;
    throw new DeployError(
      `${nameOf(source)} has no key ${source.key} (npm run doctor says which Secrets are incomplete).`,
    );
  }

  private async restart(objects: readonly KubernetesObject[], since: string): Promise<void> {
    const { session } = this;
    const running: KubernetesObject[] = [];
    for (const object of objects) {
      const live = await session.live(object);
      if (live === undefined) {
        session.progress.note(`${objectName(object)} is not there, so it needs no restart`);
        continue;
      }
      running.push(object);
      if (podTemplateOf(live)?.metadata?.annotations?.[restartedAt] === since) continue;
      const spec = { template: { metadata: { annotations: { [restartedAt]: since } } } };
      await this.change('PATCH', object, {
        body: { spec },
        contentType: 'application/merge-patch+json',
        query: { fieldManager: `${fieldManager}-secrets` },
      });
    }
    if (running.length === 0) return;
    const done = `${running.map(objectName).join(', ')}: restarted`;
    await untilReady(session, running, { deed: 'Restarted', done });
  }

  /** @param mode with the old values valid, too, as a Job of another name */
  private async runAgain(job: KubernetesObject, mode?: 'both valid'): Promise<void> {
    const { session } = this;
    const variable = job.metadata.annotations?.[bothValidAnnotation] ?? '';
    const object = mode === undefined ? job : withVariable(job, variable);
    await this.remove(object);
    await this.change('PATCH', object, {
      body: object,
      contentType: 'application/apply-patch+yaml',
      query: { fieldManager, force: 'true' },
    });
    const done = `${jobName(job)}: run again${mode === undefined ? '' : ', with the old values valid, too'}`;
    await untilReady(session, [object], { deed: 'Run again', done });
    if (mode !== undefined) await this.remove(object);
  }

  private async remove(object: KubernetesObject): Promise<void> {
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' };
    if ((await this.session.live(object)) !== undefined) await this.change('DELETE', object, { body });
    for (let tries = 0; (await this.session.live(object)) !== undefined; tries += 1) {
      if (this.session.timeLimit.over) throw new DeployError(`The time is over, and ${objectName(object)} still ends.`);
      await this.session.pause(tries);
    }
  }

  private async change(
    method: string,
    object: KubernetesObject,
    options: Parameters<Session['write']>[2],
  ): Promise<void> {
    const { session } = this;
    const kind = await session.persist(() => session.kinds.of(object));
    if (kind === undefined) throw new DeployError(`${objectName(object)}: the cluster has no such kind.`);
    const path = objectPath(kind, object.metadata.namespace, object.metadata.name);
    await session.persist(() => session.write(method, path, options));
  }
}

/** Whether a key has its value from others. */
const isTaken = ({ keys }: SecretSpec, key: string): boolean => {
  const value = keys[key];
  return value !== undefined && sourcesOf(value).length > 0;
};

function withVariable(job: KubernetesObject, name: string): KubernetesObject {
  const copy = structuredClone(job) as KubernetesObject & {
    metadata: { name: string };
    spec: { template: { spec: { containers: { env?: object[] }[] } } };
  };
  copy.metadata.name = `${job.metadata.name}-both`;
  for (const container of copy.spec.template.spec.containers)
    container.env = [...(container.env ?? []), { name, value: 'true' }];
  return copy;
}
