import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commitBefore, noBefore, unpackBefore } from '../before';
import { cacheOf, kept, type Say, succeed } from '../kept';
import type { Found } from '../loop/sources';
import { realImages } from './images/pull';
import { nodeAddress } from './network';

/** The size that the node has room for. Every service was exposed by default. */
const config = { cluster: { externalHost: nodeAddress }, size: { profile: 'laptop' } };

/** What has data, and what makes its Secrets, users and buckets. */
const withData =
  /library\/(?:node|postgres)|apache\/kafka|minio\/(?:minio|mc)|mlops-infra\/mlflow|prefecthq\/prefect(?=:)/;

/** Sources of the platform of before, with manifests of it for the node in `dist`; or why there are none. */
export async function platformBefore(say: Say): Promise<Found> {
  const missing = noBefore();
  if (missing !== undefined) return { missing };
  const folder = await kept(cacheOf('node'), 'before', [commitBefore, JSON.stringify(config)], async (into) => {
    say(`before: making the manifests of ${commitBefore} (once) …`);
    await unpackBefore(into);
    const file = join(into, 'of-the-node.ts');
    writeFileSync(file, `export default ${JSON.stringify(config)};\n`);
    await succeed('npm', ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: into });
    await succeed('npm', ['run', 'synth', '--', '--config', file, '--out', manifestsOf(into)], { cwd: into });
    rmSync(join(into, 'node_modules'), { recursive: true });
  });
  return { folder };
}

/** Folder of the manifests. @param folder of the platform of before */
export const manifestsOf = (folder: string): string => join(folder, 'dist');

/** Images of the platform of before: those that its tests start, and the others, whose pods stay without a container. */
export function imagesOf(folder: string): Record<'started' | 'others', string[]> {
  const texts = readdirSync(manifestsOf(folder)).map((name) => readFileSync(join(manifestsOf(folder), name), 'utf8'));
  const found = texts.flatMap((text) =>
    [...text.matchAll(/^ +(?:- )?image: (\S+\/\S+:\S+)$/gm)].map(([, image]) => image),
  );
  const images = [...new Set(found)].filter((image) => image !== undefined).sort();
  const isStarted = (image: string): boolean => realImages || withData.test(image);
  return { started: images.filter(isStarted), others: images.filter((image) => !isStarted(image)) };
}
