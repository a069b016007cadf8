import { type ClusterApi, inParallel } from '../api/api';
import { ApiError } from '../api/api-error';
import { TimeLimit } from '../api/time-limit';
import { withCluster } from '../api/connect';
import { Kinds } from '../api/kinds';
import type { ClusterChoice } from '../api/kubectl';
import type { CustomResources } from '../../lib/kubernetes/custom-resource';
import type { LiveObject } from '../../lib/kubernetes/live-object';
import type { KubernetesObject } from '../../lib/kubernetes/object';
import { platformLabel } from '../../lib/kubernetes/labels';
import type { DataRule } from '../../lib/service/data-rule';
import { Applier, type FileResult } from './apply';
import { refuseMovedData } from './moved-data';
import { Prerequisites } from './prerequisites';
import { after, before, entryOf, identityOf, type PlannedEntry } from './inventory';
import { Lock } from './lock';
import type { Plan } from './plan';
import { DeployError, type Progress } from './progress';
import { describeLeftovers, findLeftovers, remove } from './prune';
import { Records } from './records';
import { requireRights } from './rights';
import { Session } from './session';
import { untilReady } from './wait';

export interface DeployOptions extends ClusterChoice {
  readonly plan: Plan;
  /** What must not change while there is data. */
  readonly dataRules: readonly DataRule[];
  /** What is declared of custom resources: when they are ready, and which pods are theirs. */
  readonly customResources: CustomResources;
  readonly dryRun: boolean;
  /** Whether to wait until every workload is ready. */
  readonly wait: boolean;
  /**
   * What to do with objects of earlier deploys that the manifests no longer contain: leave them, remove them after a
   * question, or remove their data too.
   */
  readonly prune: 'no' | 'yes' | 'with data';
  /** Milliseconds for the whole deploy. */
  readonly timeout: number;
  /** Aborted when the user stops the deploy. */
  readonly stop: AbortSignal;
  readonly progress: Progress;
  /** Asks whether the listed objects may be removed. */
  readonly confirm: (question: string) => Promise<boolean>;
}

/**
 * Applies manifests, wave by wave. Throws a `DeployError` for the user, or an `Error` where it could not even begin.
 */
export async function deploy(options: DeployOptions, onFile: (result: FileResult) => void): Promise<void> {
  await withCluster(options, options.stop, async (api, about) => {
    options.progress.done(about);
    await new Deployment(options, api).run(onFile);
  });
}

/** A planned object, with the object of that name in the cluster. */
interface PlannedObject extends PlannedEntry {
  readonly object: KubernetesObject;
  readonly live?: LiveObject;
}

class Deployment {
  private readonly plan: Plan;
  private readonly progress: Progress;
  /** Aborted by the user or by the loss of the lock. */
  private readonly stopping = new AbortController();
  private readonly session: Session;

  constructor(
    private readonly options: DeployOptions,
    api: ClusterApi,
  ) {
    this.plan = options.plan;
    this.progress = options.progress;
    const stop = AbortSignal.any([options.stop, this.stopping.signal]);
    const timeLimit = new TimeLimit(options.timeout, stop);
    this.session = new Session(api, new Kinds(api), timeLimit, this.progress, options.customResources);
  }

  async run(onFile: (result: FileResult) => void): Promise<void> {
    const planned = await this.readPlanned();
    await requireRights(this.session, this.plan, planned, this.options.dryRun);
    refuseMovedData(planned, this.options.dataRules);
    if (this.options.dryRun) {
      await this.applyFiles(onFile);
      await this.listLeftovers();
      return;
    }
    const { session, plan } = this;
    const lock = await session.persist(() => Lock.take(session.api, plan.platform, session.timeLimit, this.progress));
    session.lock = lock;
    lock.lost.addEventListener('abort', () => {
      this.stopping.abort(
        new DeployError(
          'Another deploy has taken the lock over. Whatever was applied stays; run this again when it has ended.',
        ),
      );
    });
    try {
      const records = new Records(session, plan.platform);
      const inventory = before(await records.read(), planned);
      await records.write(inventory);
      await this.applyFiles(onFile);
      const { found, gone } = await this.leftovers(inventory);
      const removed = this.options.prune === 'no' ? new Set<string>() : await this.prune(found);
      await records.write(after(inventory, new Set([...gone, ...removed])));
      if (this.options.wait)
        await untilReady(
          session,
          plan.chosen.flatMap((file) => file.objects),
        );
    } finally {
      await lock.release();
    }
  }

  /**
   * Reads which planned objects the cluster already has, and whose they are. An object that may not be read counts as
   * missing.
   */
  private readPlanned(): Promise<readonly PlannedObject[]> {
    const objects = this.plan.chosen.flatMap((file) => file.objects);
    return inParallel(objects, async (object) => {
      const entry = entryOf(identityOf(object));
      let live: LiveObject | undefined;
      try {
        live = await this.session.live(object);
      } catch (error) {
        if (!(error instanceof ApiError && error.code === 403)) throw error;
      }
      const ours = live?.metadata.labels?.[platformLabel] === this.plan.platform;
      return { object, live, entry, state: live === undefined ? 'missing' : ours ? 'ours' : 'external' };
    });
  }

  private async applyFiles(onFile: (result: FileResult) => void): Promise<void> {
    const { dryRun } = this.options;
    const applier = new Applier(this.session, new Prerequisites(this.session, this.plan), this.plan.platform, dryRun);
    const problems: string[] = [];
    for (const wave of new Set(this.plan.chosen.map((file) => file.wave))) {
      try {
        const files = this.plan.chosen.filter((file) => file.wave === wave);
        await applier.applyWave(files, onFile);
      } catch (error) {
        // In a dry run, problems in one wave do not hide those in the next.
        if (!dryRun || !(error instanceof DeployError) || error.problems.length === 0) throw error;
        problems.push(...error.problems);
      }
    }
    if (problems.length > 0) throw new DeployError('The cluster would not take everything.', problems);
  }

  private async leftovers(inventory: Parameters<typeof findLeftovers>[1]): ReturnType<typeof findLeftovers> {
    const planned = new Set(
      this.plan.files.flatMap(({ objects }) => objects.map((object) => entryOf(identityOf(object)))),
    );
    const { platform } = this.plan;
    return findLeftovers(this.session, inventory, { planned, platform, data: this.options.prune === 'with data' });
  }

  private async listLeftovers(): Promise<void> {
    if (this.options.prune === 'no') return;
    const { found } = await this.leftovers(await new Records(this.session, this.plan.platform).read());
    for (const line of describeLeftovers(found)) this.progress.note(`would ${line}`);
  }

  private async prune(found: Awaited<ReturnType<typeof findLeftovers>>['found']): Promise<Set<string>> {
    for (const line of describeLeftovers(found)) this.progress.note(line);
    const count = found.filter(({ kept }) => kept === undefined).length;
    if (count === 0) {
      this.progress.done('prune: nothing to remove');
      return new Set();
    }
    if (!(await this.options.confirm(`Remove ${count} object${count === 1 ? '' : 's'}?`))) {
      this.progress.note('nothing was removed');
      return new Set();
    }
    this.session.throwIfStopped();
    const removed = await remove(this.session, found);
    this.progress.done(`prune: ${removed.size} removed`);
    return removed;
  }
}
