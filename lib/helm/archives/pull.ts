import { type ChartStore, chartState, keepArchive, projectStore, withTemporaryFolder } from '../archive-store';
import { expectChart, HelmError, type HelmOptions } from './download';
import { type ChartSource, ChartRepositories } from './repositories';

/** `present`: it was in the store; `pulled`: it matches the lock; `recorded`: it is new in the lock. */
export type PullResult = 'present' | 'pulled' | 'recorded';

export interface PullOptions extends HelmOptions {
  /** @default the store of this project */
  readonly store?: ChartStore;
  /** Called when a download starts. @default nothing */
  readonly onStart?: (chart: ChartSource) => void;
  /** Called when a chart is in the store, or with the error when it cannot be. @default nothing */
  readonly onEnd?: (chart: ChartSource, result: PullResult | Error) => void;
}

/** Downloads wait for remote machines, so they may outnumber the cores. */
const downloadsAtOnce = 10;

/**
 * Downloads every chart that is missing from the store. A chart that matches the lock needs no request. Throws one
 * error that lists every chart that failed; the others are in the store by then.
 */
export async function pullCharts(charts: readonly ChartSource[], options: PullOptions = {}): Promise<void> {
  const { store = projectStore(), onStart, onEnd } = options;
  const missing: ChartSource[] = [];
  for (const chart of charts) {
    if (chartState(chart, store) === 'here') onEnd?.(chart, 'present');
    else missing.push(chart);
  }
  if (missing.length === 0) return;

  const failures: Failure[] = [];
  await withTemporaryFolder(store.folder, async (work) => {
    const repositories = new ChartRepositories(work, options);
    const pullNext = async (): Promise<void> => {
      for (let chart = missing.shift(); chart !== undefined; chart = missing.shift()) {
        onStart?.(chart);
        try {
          const file = await repositories.download(chart);
          await expectChart(file, chart, work);
          onEnd?.(chart, keepArchive(file, chart, chart.repository, store) ? 'recorded' : 'pulled');
        } catch (error) {
          failures.push({ chart, error: error as Error });
          onEnd?.(chart, error as Error);
        }
      }
    };
    await Promise.all(Array.from({ length: downloadsAtOnce }, pullNext));
  });
  if (failures.length > 0) throw new Error(failureMessage(failures));
}

interface Failure {
  readonly chart: ChartSource;
  readonly error: Error;
}

/** One line per chart; charts with the same remedy are followed by it. */
function failureMessage(failures: readonly Failure[]): string {
  const byAdvice = new Map<string, string[]>();
  for (const { chart, error } of failures) {
    const advice = error instanceof HelmError ? (error.advice ?? '') : '';
    const line = `${chart.name} ${chart.version} from ${chart.repository}: ${error.message}`;
    byAdvice.set(advice, [...(byAdvice.get(advice) ?? []), line]);
  }
  return [...byAdvice].flatMap(([advice, lines]) => [...lines.sort(), ...(advice === '' ? [] : [advice])]).join('\n');
}
