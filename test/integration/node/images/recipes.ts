import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../../../lib/project';
import { build } from '../../cluster/tools';
import { cacheOf, kept, type Say, succeed } from '../../kept';
import { kafkaBefore, kafkaNow, mc, minio, minioRelease, silo } from '../../loop/equipment';
import { type Found, kafka } from '../../loop/sources';
import { versionIn } from '../debian';
import { nodeDebian } from '../programs';
import { debianImages, debianOf } from './debians';
import { programRecipe } from './files';
import { ownProgram } from './own';
import type { Recipe } from './recipe';

/** What a recipe may depend on. */
export interface Wanted {
  /** Of the image. */
  readonly tag: string;
  /** The project's Python base, which is made as well. */
  readonly python: string;
  /** Sources of the platform of before. */
  readonly before: string;
  readonly say: Say;
}

/** A Containerfile and its context: a folder beside this file. */
const here = (name: string, rest: Omit<Recipe, 'containerfile' | 'context'> = {}): Recipe => {
  const context = join(__dirname, name);
  return { containerfile: readFileSync(join(context, 'Containerfile'), 'utf8'), context, ...rest };
};

/** An image that nothing here stands for. Its message says why. */
export class NotMade extends Error {}

const folderOf = (found: Found): string => {
  if ('missing' in found) throw new NotMade(found.missing);
  return found.folder;
};

const loopTools = join(projectRoot, 'test/integration/loop/tools');

/** The server and its client, of the platform of before. */
const minioImage = async (say: Say): Promise<Recipe> =>
  here('minio', {
    args: { DEBIAN: debianImages.python },
    contexts: { server: await build(minio, say), client: await build(mc, say) },
  });

/** Repository → how its image is made, for those that are more than a program. */
export const recipes: Readonly<Record<string, (wanted: Wanted) => Promise<Recipe> | Recipe>> = {
  'docker.io/library/busybox': async ({ say }) => here('busybox', { contexts: { programs: await nodeDebian(say) } }),

  'docker.io/library/python': async ({ say }) => {
    const version = await versionIn(await debianOf('python', say), 'python3.11');
    return here('python', {
      args: { DEBIAN: debianImages.python },
      standIn: `Debian’s Python ${version} in its place`,
    });
  },

  'docker.io/library/node': async ({ tag, say }) => {
    const version = /^\d+\.\d+\.\d+/.exec(tag)?.[0] ?? '';
    const name = `node-${process.platform}-${process.arch}`;
    const folder = await kept(cacheOf('node'), 'nodejs', [name, version], async (into) => {
      say(`nodejs: fetching ${name}@${version} (once) …`);
      await succeed('npm', ['install', '--prefix', into, '--no-save', '--ignore-scripts', `${name}@${version}`]);
    });
    return here('node', {
      args: { DEBIAN: debianImages.python },
      contexts: { node: join(folder, 'node_modules', name) },
    });
  },

  'docker.io/library/postgres': async ({ tag, say }) => {
    const major = tag.startsWith('17.') ? '17' : '15';
    const name = `postgresql-${major}` as const;
    const version = await versionIn(await debianOf(name, say), name);
    const standIn = tag.startsWith(`${version}-`) ? {} : { standIn: `Debian’s ${version} in its place` };
    return here('postgres', { args: { DEBIAN: debianImages[name], MAJOR: major }, ...standIn });
  },

  'docker.io/apache/kafka': async ({ tag, say }) =>
    here('kafka', {
      args: { JAVA: debianImages.java },
      contexts: { jars: folderOf(await kafka(tag.startsWith('3.') ? kafkaBefore : kafkaNow, say)) },
      standIn: 'its jars with start scripts of ours and Debian’s Java 17 in its place',
    }),

  // Of the platform of before, as all that follow it.
  'quay.io/minio/minio': async ({ tag, say }) => ({
    ...(await minioImage(say)),
    standIn: tag === minioRelease ? undefined : `${minioRelease} in its place`,
  }),

  'quay.io/minio/mc': async ({ say }) => ({ ...(await minioImage(say)), standIn: 'a newer one in its place' }),

  'localhost/mlops-infra/mlflow': ({ before }) => {
    const context = join(before, 'images/mlflow');
    return { containerfile: readFileSync(join(context, 'Dockerfile'), 'utf8'), context };
  },

  'docker.io/pgsty/silo': async ({ say }) => {
    const { MLOPS_SILO: named } = process.env;
    return here('silo', {
      args: { DEBIAN: debianImages.python },
      contexts: { server: named === undefined ? await build(silo, say) : dirname(named), client: await build(mc, say) },
      standIn:
        named === undefined
          ? 'MinIO 2026-02-12 and its client in their place, from which they were forked'
          : 'with MinIO’s client',
    });
  },

  'docker.io/seldonio/rclone-storage-initializer': async ({ say }) => {
    const programs = await nodeDebian(say);
    return here('rclone', {
      args: { DEBIAN: debianImages.python },
      contexts: { programs },
      standIn: `with Debian’s rclone ${await versionIn(programs, 'rclone')}`,
    });
  },

  'docker.io/prefecthq/prefect': async ({ tag, python, say }) => {
    const earlier = tag.startsWith('2.');
    return here('prefect', {
      // One package of its days has no wheel for this Python.
      args: earlier
        ? { PYTHON: python, LOCK: 'requirements.txt', WHEELS: ':none:' }
        : { PYTHON: python, LOCK: 'requirements-dev.lock' },
      contexts: {
        programs: await nodeDebian(say),
        lock: earlier ? join(loopTools, 'prefect') : join(projectRoot, 'programs/prefect'),
      },
    });
  },

  'docker.io/seldonio/mlserver': ({ tag, python }) => {
    if (!tag.endsWith('-mlflow')) throw new NotMade('of MLServer’s images only that for MLflow is made');
    return here('mlserver', {
      args: { PYTHON: python },
      contexts: { lock: join(loopTools, 'mlserver') },
      standIn: 'from its packages, without conda and what its authors’ image unpacks at start',
    });
  },

  'docker.io/seldonio/mlflowserver': ({ python }) =>
    here('mlflowserver', {
      args: { PYTHON: python },
      contexts: { lock: join(loopTools, 'served') },
      standIn: 'Seldon’s Python server with a class of ours, and no environment built at start',
    }),

  'docker.io/seldonio/seldon-core-executor': ({ python }) => {
    const { MLOPS_SELDON_EXECUTOR: program } = process.env;
    if (program !== undefined) return programRecipe({ entrypoint: ['/executor'], program, user: 8888 });
    return here('executor', {
      args: { PYTHON: python },
      contexts: {
        lock: join(projectRoot, 'programs/drift'),
        program: join(projectRoot, 'test/integration/loop/python'),
      },
      standIn: 'a stand-in in Python, which takes REST alone',
    });
  },

  'registry.k8s.io/pause': async ({ say }) =>
    here('pause', {
      contexts: { program: await ownProgram('pause', say) },
      standIn: 'a program of ours in its place',
    }),
};
