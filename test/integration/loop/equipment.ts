import { toolSet } from '../cluster/images';
import { build, etcd, kubernetes, newestVersion, type ToolSet } from '../cluster/tools';
import { dirname, join } from 'node:path';
import { type Found, folderWith, goProgram, kafka, postgresql, postgresqlBefore, python, type Say } from './sources';

const tools = join(__dirname, 'tools');

/** In place of Silo, which is no Go module: the last of MinIO, from which Silo was forked. */
export const silo: ToolSet = { root: tools, module: 'silo', programs: { silo: 'github.com/minio/minio' } };
export const minioRelease = 'RELEASE.2025-01-20T14-49-07Z';

/**
 * What has written the volumes of older platforms. Those pinned the release of 2024-12-18; this is the nearest one that is a
 * Go module, the second after it. Its main package says no more of itself without these (minio
 * RELEASE.2025-01-20T14-49-07Z, buildscripts/gen-ldflags.go).
 */
export const minio: ToolSet = {
  root: tools,
  module: 'minio',
  programs: { minio: 'github.com/minio/minio' },
  stamps: {
    'github.com/minio/minio/cmd.Version': '2025-01-20T14:49:07Z',
    'github.com/minio/minio/cmd.ReleaseTag': minioRelease,
  },
};
export const mc: ToolSet = { root: tools, module: 'mc', programs: { mc: 'github.com/minio/mc' } };
/** Folders of what names Kafka's jars: of now, and of before. */
export const [kafkaNow, kafkaBefore] = ['programs/drift/tests/kafka', 'test/integration/loop/tools/kafka'] as const;
/** As test/cluster builds them, so that each is built once. */
const [prometheus, alertmanager] = [toolSet('prometheus'), toolSet('alertmanager')];

/** What each program is, and what it is made of; all of it is pinned by a file of this repository. */
const sources = {
  postgresql,
  postgresqlBefore,
  kafka: (say: Say) => kafka(kafkaNow, say),
  /** The release before, whose disks it opens. */
  kafkaBefore: (say: Say) => kafka(kafkaBefore, say),
  silo: (say: Say) => goProgram(silo, say, named('MLOPS_SILO')),
  minio: (say: Say) => goProgram(minio, say),
  mc: (say: Say) => goProgram(mc, say),
  promtool: (say: Say) => goProgram(prometheus, say, named('MLOPS_PROMTOOL') ?? folderWith('promtool')),
  prometheus: (say: Say) => goProgram(prometheus, say),
  alertmanager: (say: Say) => goProgram(alertmanager, say),
  mlflow: (say: Say) => python('3.11', 'programs/mlflow/requirements.txt', say),
  /** The release before, whose data it opens. */
  mlflowBefore: (say: Say) => python('3.11', 'test/integration/loop/tools/mlflow/requirements.txt', say),
  drift: (say: Say) => python('3.11', 'programs/drift/requirements.lock', say),
  prefect: (say: Say) => python('3.11', 'programs/prefect/requirements-dev.lock', say),
  /** The release before, whose database it opens. */
  prefectBefore: (say: Say) => python('3.11', 'test/integration/loop/tools/prefect/requirements.txt', say),
  creditcard: (say: Say) => python('3.11', 'examples/creditcard/requirements.lock', say),
  /** Seldon's own server, in the environment that the model names. */
  served: (say: Say) => python('3.11', 'test/integration/loop/tools/served/requirements.lock', say),
  /** With the Python of its image. */
  mlserver: (say: Say) => python('3.10', 'test/integration/loop/tools/mlserver/requirements.lock', say),
  modelInitializer: (say: Say) => python('3.11', 'programs/model-initializer/requirements.txt', say),
  /** API server and controllers, as test/cluster builds them. */
  kubernetes: async (say: Say) => {
    await build(etcd, say);
    return goProgram(kubernetes(newestVersion), say);
  },
  driftDev: (say: Say) => python('3.11', 'programs/drift/requirements-dev.lock', say),
  creditcardDev: (say: Say) => python('3.11', 'examples/creditcard/requirements-dev.lock', say),
} as const;

/** Folder of the program that a variable names. */
function named(name: string): string | undefined {
  const { [name]: program } = process.env;
  return program === undefined ? undefined : dirname(program);
}

export type Tool = keyof typeof sources;
type Equipment = Readonly<Partial<Record<Tool, Found>>>;

const variable = 'MLOPS_LOOP_EQUIPMENT';

/** Looks for programs, and builds what can be built; once for a run of the tests. */
export async function equip(names: readonly Tool[], say: Say): Promise<void> {
  const found: Partial<Record<Tool, Found>> = {};
  for (const name of names) {
    try {
      found[name] = await sources[name](say);
    } catch (error) {
      found[name] = { missing: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) };
    }
  }
  process.env[variable] = JSON.stringify(found);
}

/** What `equip` found of a program. */
export function find(tool: Tool): Found {
  const { [tool]: found } = JSON.parse(process.env[variable] ?? '{}') as Equipment;
  return found ?? { missing: 'nobody has looked for it' };
}

/** Folder of programs that a test has said it needs. */
export function folderOf(tool: Tool): string {
  const found = find(tool);
  if ('missing' in found) throw new Error(`${tool}: ${found.missing}`);
  return found.folder;
}

/** Why tests that need these are skipped, as a part of their name; empty where nothing is missing. */
export function without(...needed: readonly Tool[]): string {
  const reasons = needed.flatMap((tool) => {
    const found = find(tool);
    return 'missing' in found ? [`${tool}: ${found.missing}`] : [];
  });
  return reasons.length === 0 ? '' : ` (skipped: ${reasons.join('; ')})`;
}
