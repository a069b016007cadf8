import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../charts/config';
import { projectRoot } from '../lib/project';
import { forget, measure, median, type Measurement } from './measure';

/** Upper bounds for 1,000 models, and for the ratio of the cost of 2N models to that of N. */
const targets = { seconds: 5, megabytes: 600, ratio: 2.2 };

/**
 * Measures cold syntheses of N and of 2N models, in pairs, so a machine that slows down affects both. The reported
 * ratio is the median of the pairs.
 */
export async function manyModels(count: number, runs: number, scratch: string): Promise<void> {
  const synthesisOf = (models: number): ((options?: { memory: boolean }) => Promise<Measurement>) => {
    const [config, out] = [join(scratch, `${models}.cjs`), join(scratch, 'dist')];
    writeFileSync(config, `exports.default = ${JSON.stringify(configOf(models))};\n`);
    const args = [join(projectRoot, 'cli/launch.cjs'), 'synth', '--config', config, '--out', out];
    return (options) => {
      forget();
      rmSync(out, { recursive: true, force: true });
      return measure(process.execPath, args, options);
    };
  };
  const [once, twice] = [synthesisOf(count), synthesisOf(2 * count)];
  await once(); // Compiles the program and warms the file system's caches.

  const pairs: [number, number][] = [];
  for (let run = 0; run < runs; run += 1) {
    pairs.push([(await once()).milliseconds, (await twice()).milliseconds]);
  }
  const peaks = [await once({ memory: true }), await twice({ memory: true })];

  const row = (models: number, times: number[], peak: Measurement | undefined): string => {
    const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(2);
    const range = `${seconds(Math.min(...times))} to ${seconds(Math.max(...times))}`;
    const megabytes = ((peak?.peakBytes ?? Number.NaN) / 1e6).toFixed(0);
    return `  ${String(models).padStart(6)} models  ${seconds(median(times)).padStart(6)} s  (${range})  ${megabytes.padStart(5)} MB`;
  };
  const ratio = median(pairs.map(([first, second]) => second / first));
  const isThousand = count === 1000 ? `, target at most ${targets.seconds} s and ${targets.megabytes} MB` : '';
  process.stdout.write(
    [
      `Cold synthesis, median of ${runs} pairs, peak memory with helm included${isThousand}:`,
      row(
        count,
        pairs.map(([first]) => first),
        peaks[0],
      ),
      row(
        2 * count,
        pairs.map(([, second]) => second),
        peaks[1],
      ),
      `  ${'twice as many'.padStart(13)}  ${ratio.toFixed(2).padStart(6)} times as long, target at most ${targets.ratio}`,
      '',
    ].join('\n'),
  );
}

/** A config in which every model has a detector, and one in ten comes from the registry with a canary and a shadow. */
function configOf(models: number): Config {
  return {
    cluster: { externalHost: '192.0.2.10' },
    size: { profile: 'team' },
    models: Array.from({ length: models }, (_, index) => {
      const [name, server] = [`model-${index}`, 'mlflow'] as const;
      const version = (number: number) => ({ registeredModel: { name, version: number } });
      return index % 10 === 0
        ? { name, server, ...version(1), canary: { ...version(2), traffic: 10 }, shadow: version(3), drift: {} }
        : { name, server, uri: `s3://models/${name}/1`, drift: { registeredModel: { name, version: 1 } } };
    }),
  };
}
