import { readFileSync } from 'node:fs';
import type { Program } from '../cluster/workspace';
import { eventually } from '../cluster/workspace';
import { type Sample, samplesIn, select } from './series';
import type { World } from './world';

const pod = ['Deployment', 'drift-detector-creditcard'] as const;

/** The detector of the model, as its pod starts it. */
export class Detector {
  private constructor(
    private readonly world: World,
    readonly program: Program,
  ) {}

  /** Resolves when its readiness probe passes. */
  static async start(world: World): Promise<Detector> {
    return new Detector(world, await world.serve(...pod));
  }

  async samples(): Promise<Sample[]> {
    const answer = await fetch(`http://127.0.0.1:${this.world.ports.detector}/metrics`);
    return samplesIn(await answer.text());
  }

  /** Sum of the series of a name that have these labels; NaN where there is none. */
  async value(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    const found = select(await this.samples(), name, labels);
    return found.length === 0 ? Number.NaN : found.reduce((sum, { value }) => sum + value, 0);
  }

  /** Names of the detectors that see drift in any feature. */
  async drifting(): Promise<string[]> {
    const found = select(await this.samples(), 'drift_detected').filter(({ value }) => value === 1);
    return [...new Set(found.map(({ labels }) => labels.detector ?? ''))].sort();
  }

  /** Waits until it has seen so many rows, and has looked at the last of them. */
  async hasSeen(rows: number, name = 'drift_rows_seen_total', seconds = 60): Promise<void> {
    const seen = async (): Promise<boolean> => (await this.value(name)) >= rows;
    await eventually(`${name} is ${rows}`, seen, { seconds, program: this.program });
    // evaluateEverySeconds, programs/drift/README.md
    await new Promise((resolve) => setTimeout(resolve, 6000));
  }

  /** The most memory that it ever had, in MiB. */
  peakMemory(): number {
    const status = readFileSync(`/proc/${this.program.pid ?? ''}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  }
}
