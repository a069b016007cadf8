import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../lib/project';
import { folderOf, type Tool } from './equipment';

/** What stands for the content of an image here. */
export interface Image {
  /** Folders that come first in PATH. */
  readonly path: readonly string[];
  readonly entrypoint: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Variables that only this machine needs. @default none */
  readonly added?: Readonly<Record<string, string>>;
  /** The user, where its name matters. */
  readonly user?: string;
}

const drift = (dockerfile: string): Image => ({
  ...built(dockerfile, 'drift'),
  // The image has the package among those of its Python.
  added: { PYTHONPATH: join(projectRoot, 'programs/drift/src') },
});

const foreign = (...tools: readonly Tool[]): Image => ({ path: tools.map(folderOf), entrypoint: [], env: {} });

/** Repository without its registry → what stands for it. */
const images: Readonly<Record<string, () => Image>> = {
  'library/postgres': () => ({ ...foreign('postgresql'), user: 'postgres' }),
  // Silo never asks the Internet for a newer release; MinIO, which stands for it, would.
  'pgsty/silo': () => ({ ...foreign('silo', 'mc'), added: { MINIO_UPDATE: 'off' } }),
  'apache/kafka': () => ({ ...foreign(), added: { KAFKA_LIBS: folderOf('kafka') } }),
  'mlops-infra/mlflow': () => ({
    ...built('programs/mlflow/Dockerfile', 'mlflow'),
    added: { PYTHONPATH: join(projectRoot, 'programs/mlflow') },
  }),
  'mlops-infra/drift-detector': () => drift('programs/drift/Dockerfile'),
  'mlops-infra/model-initializer': () => drift('programs/model-initializer/Dockerfile'),
  'prefecthq/prefect': () => foreign('prefect'),
};

export function imageOf(reference: string): Image {
  const repository = reference.replace(/^[^/]*[.:][^/]*\/|^localhost\//, '').replace(/[:@].*$/, '');
  const image = images[repository];
  if (image === undefined)
    throw new Error(`${reference}: nothing stands for this image (add it to test/integration/loop/images.ts)`);
  return image();
}

/** An image of ours: what its Dockerfile says of a container, with a virtual environment in place of its Python. */
function built(dockerfile: string, tool: Tool): Image {
  const text = readFileSync(join(projectRoot, dockerfile), 'utf8').replace(/\\\n/g, ' ');
  const last = text.slice(text.lastIndexOf('\nFROM '));
  const lines = last.split('\n');
  const instruction = (name: string): string[] =>
    lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  const settings = instruction('ENV').flatMap((line) => line.trim().split(/\s+/));
  return {
    path: [folderOf(tool)],
    entrypoint: instruction('ENTRYPOINT').flatMap((json) => JSON.parse(json) as string[]),
    env: Object.fromEntries(
      settings
        .map((setting) => [setting.slice(0, setting.indexOf('=')), setting.slice(setting.indexOf('=') + 1)] as const)
        .filter(([name]) => name !== 'PATH'),
    ),
  };
}
