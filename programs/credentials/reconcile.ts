import type { SecretKeyRef, SecretSpec } from '../../lib/graph/secret-spec';
import { type Deadline, Problem } from './deadline';
import type { Secrets, Stored } from './secrets';
import { order } from './specs';
import { type Data, differingKeys, flawOf, materialize, nameOf, publicKeys, sourcesOf } from './values';

export interface Reporter {
  readonly say: (line: string) => void;
  readonly warn: (line: string) => void;
}

const advice =
  "write the value again without it (printf '%s' instead of echo; --from-literal, or a file without a last line break), and run again";

/** Creates what is missing from a list of valid Secrets; overwrites and removes nothing. */
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
      // After any success, more may follow soon.
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
    const found = await this.secrets.get(spec);
    if (typeof found === 'string') return found;
    if (found?.deleting) return 'its deletion to end';
    const missing = Object.entries(spec.keys).filter(([key]) => !found?.data.has(key));
    const keys = missing.map(([key]) => key).join(', ');
    if (found?.immutable && missing.length > 0) {
      throw new Problem(`is immutable and lacks the key ${keys}: save its other keys, delete it and run again`);
    }
    for (const source of Object.values(spec.keys).flatMap(sourcesOf)) {
      const refused = listed.has(nameOf(source)) ? undefined : await this.readForeign(source);
      if (refused !== undefined) return refused;
    }
    // Sources of existing keys may be gone already.
    const needed = missing.flatMap(([, value]) => sourcesOf(value)).filter((source) => nameOf(source) !== name);
    const absent = needed.find((source) => this.read(source) === undefined);
    if (absent !== undefined) {
      if (!this.problems.has(nameOf(absent))) return `key ${absent.key} of ${nameOf(absent)}`;
      throw new Problem(`needs ${nameOf(absent)}, which has a problem of its own`);
    }
    const flaws = needed.flatMap((source) => {
      const flaw = flawOf(this.read(source) ?? Buffer.alloc(0));
      return flaw === undefined ? [] : [`key ${source.key} of ${nameOf(source)} ${flaw}`];
    });
    if (flaws.length > 0) throw new Problem(`${[...new Set(flaws)].join('; ')}: ${advice}`);
    const added = materialize(spec, found?.data ?? new Map(), (source) => this.read(source) as Buffer);
    if (found === undefined) {
      return this.done(spec, 'created', await this.secrets.create(spec, added), `created ${name} (keys ${keys})`);
    }
    if (missing.length === 0) return this.done(spec, 'kept', found, `kept ${name}`);
    const lines = missing.map(([key]) => `added key ${key} to ${name}`);
    return this.done(spec, 'completed', await this.secrets.add(spec, found, added), ...lines);
  }

  private read({ key, ...source }: SecretKeyRef): Buffer | undefined {
    return this.known.get(nameOf(source))?.get(key);
  }

  /** Reads the Secret of a source that somebody else creates, until it has the key. @returns why it may not be read */
  private async readForeign(source: SecretKeyRef): Promise<string | undefined> {
    if (this.read(source) !== undefined) return undefined;
    const found = await this.secrets.get(source);
    if (typeof found === 'string') return found;
    if (found !== undefined && !found.deleting) this.known.set(nameOf(source), found.data);
    return undefined;
  }

  /** Takes note of a Secret that is complete; or passes on what it has to wait for instead. */
  private done(
    spec: SecretSpec,
    kind: 'created' | 'completed' | 'kept',
    result: Stored | string,
    ...lines: string[]
  ): string | undefined {
    if (typeof result === 'string') return result;
    this.known.set(nameOf(spec), result.data);
    this.counts[kind]++;
    lines.forEach(this.reporter.say);
    for (const [key, value] of Object.entries(spec.keys)) {
      const flaw = 'random' in value ? flawOf(result.data.get(key) ?? Buffer.alloc(0)) : undefined;
      if (flaw === undefined) continue;
      this.counts.warnings++;
      this.reporter.warn(
        `warning: key ${key} of ${nameOf(spec)} ${flaw}, which whoever reads it may not expect: ${advice}`,
      );
    }
    for (const key of publicKeys(spec, result.data)) {
      this.counts.warnings++;
      this.reporter.warn(
        `warning: key ${key} of ${nameOf(spec)} is a public name, as it was before it became random: ` +
          'delete the Secret, with those that are copied or derived from it, and run again',
      );
    }
    for (const key of differingKeys(spec, result.data, (source) => this.read(source))) {
      this.counts.warnings++;
      this.reporter.warn(
        `warning: key ${key} of ${nameOf(spec)} differs from its source: it was changed by hand or the source was; ` +
          'delete the Secret and run again to renew it',
      );
    }
    return undefined;
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
