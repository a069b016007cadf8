import type { SecretKeyRef, SecretSpec } from '../../lib/wiring/secret-spec';
import { type Deadline, Problem } from './deadline';
import type { Secrets, Stored } from './secrets';
import { order } from './specs';
import { type Data, materialize, nameOf, sourcesOf } from './values';

export interface Reporter {
  readonly say: (line: string) => void;
  readonly warn: (line: string) => void;
}

/** Creates what is missing of a list of valid Secrets; overwrites and removes nothing. */
export class Reconciler {
  /** What the cluster holds, never what was only made up here: so two Jobs, or two runs, agree. */
  private readonly known = new Map<string, Data>();
  private readonly problems = new Map<string, string>();
  private readonly counts = { created: 0, completed: 0, kept: 0, warnings: 0 };

  constructor(
    private readonly secrets: Secrets,
    private readonly deadline: Deadline,
    private readonly reporter: Reporter,
  ) {}

  /** @returns whether every Secret is as the list wants it */
  async run(specs: readonly SecretSpec[]): Promise<boolean> {
    let pending = order(specs);
    const listed = new Set(pending.map(nameOf));
    const reasons = new Map<string, string>();
    for (let attempt = 0; pending.length > 0; attempt++) {
      const waiting: SecretSpec[] = [];
      for (const spec of pending) {
        const known = reasons.get(nameOf(spec));
        const reason = this.deadline.over === undefined ? await this.settle(spec, listed) : (known ?? 'its turn');
        if (reason === undefined) continue;
        waiting.push(spec);
        reasons.set(nameOf(spec), reason);
        if (reason !== known && this.deadline.over === undefined) {
          this.reporter.say(`waiting: ${nameOf(spec)} for ${reason}`);
        }
      }
      // Where something moves, more may follow soon.
      if (waiting.length < pending.length) attempt = 0;
      pending = waiting;
      const over = pending.length === 0 ? undefined : await this.deadline.pause(attempt);
      if (over === undefined) continue;
      for (const name of pending.map(nameOf)) {
        this.problems.set(name, `still waits for ${reasons.get(name) ?? 'its turn'}, but ${over}`);
      }
      break;
    }
    return this.summarize(specs.length);
  }

  /** One try at one Secret. @returns what it has to wait for; undefined when it is done or has a problem */
  private async settle(spec: SecretSpec, listed: ReadonlySet<string>): Promise<string | undefined> {
    try {
      return await this.reconcile(spec, listed);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.problems.set(nameOf(spec), error.message);
      return undefined;
    }
  }

  private async reconcile(spec: SecretSpec, listed: ReadonlySet<string>): Promise<string | undefined> {
    const name = nameOf(spec);
    const sources = Object.values(spec.keys)
      .flatMap(sourcesOf)
      .filter((source) => nameOf(source) !== name);
    for (const source of sources) if (!listed.has(nameOf(source))) await this.readForeign(source);
    const absent = sources.find((source) => this.read(source) === undefined);

    const found = await this.secrets.get(spec);
    if (found?.deleting) return 'its deletion to end';
    const missing = Object.keys(spec.keys).filter((key) => !found?.data.has(key));
    if (found !== undefined && missing.length === 0) {
      // Without its sources it cannot be compared, but nobody needs them to use it.
      if (absent === undefined) this.compare(spec, found.data);
      this.done(spec, found, 'kept', `kept ${name}`);
      return undefined;
    }
    if (absent !== undefined) {
      if (!this.problems.has(nameOf(absent))) return `key ${absent.key} of ${nameOf(absent)}`;
      throw new Problem(`needs ${nameOf(absent)}, which has a problem of its own`);
    }
    const { added } = materialize(spec, found?.data ?? new Map(), (source) => this.read(source) as Buffer);
    if (found === undefined) {
      const created = await this.secrets.create(spec, added);
      if (typeof created === 'string') return created;
      this.done(spec, created, 'created', `created ${name} (keys ${missing.join(', ')})`);
      return undefined;
    }
    if (found.immutable) {
      throw new Problem(
        `is immutable and lacks the key ${missing.join(', ')}: save its other keys, delete it and run again`,
      );
    }
    const changed = await this.secrets.add(spec, found, added);
    if (typeof changed === 'string') return changed;
    this.compare(spec, changed.data);
    this.done(spec, changed, 'completed', ...missing.map((key) => `added key ${key} to ${name}`));
    return undefined;
  }

  private read({ key, ...source }: SecretKeyRef): Buffer | undefined {
    return this.known.get(nameOf(source))?.get(key);
  }

  /** Reads the Secret of a source that somebody else creates, until it has the key. */
  private async readForeign(source: SecretKeyRef): Promise<void> {
    if (this.read(source) !== undefined) return;
    const found = await this.secrets.get(source);
    if (found !== undefined && !found.deleting) this.known.set(nameOf(source), found.data);
  }

  private compare(spec: SecretSpec, data: Data): void {
    for (const key of materialize(spec, data, (source) => this.read(source) as Buffer).differing) {
      this.counts.warnings++;
      this.reporter.warn(
        `warning: key ${key} of ${nameOf(spec)} differs from its source: it was changed by hand or the source was; ` +
          'delete the Secret and run again to renew it',
      );
    }
  }

  private done(spec: SecretSpec, { data }: Stored, kind: 'created' | 'completed' | 'kept', ...lines: string[]): void {
    this.known.set(nameOf(spec), data);
    this.counts[kind]++;
    lines.forEach(this.reporter.say);
  }

  private summarize(total: number): boolean {
    const { created, completed, kept, warnings } = this.counts;
    for (const [name, problem] of this.problems) this.reporter.warn(`error: ${name}: ${problem}`);
    this.reporter.say(
      `${total} Secrets: ${created} created, ${completed} completed, ${kept} kept, ` +
        `${warnings} warnings, ${this.problems.size} problems`,
    );
    return this.problems.size === 0;
  }
}
