import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheOf, madeOnce } from '../kept';

/** The minor versions that the platform is tried on: the oldest and the newest that it is written for. */
export const kubernetesVersions = ['1.32', '1.36'] as const;
export type KubernetesVersion = (typeof kubernetesVersions)[number];

/** Where what does not depend on the version is tried. */
export const newestVersion: KubernetesVersion = kubernetesVersions[1];

/** Programs that are built from one Go module in `tools/`, which pins them and all that they are made of. */
export interface ToolSet {
  /** Folder below `tools/`. */
  readonly module: string;
  /** Name of the file → path of the Go package. */
  readonly programs: Readonly<Record<string, string>>;
  /** For the linker: what a release build is stamped with. */
  readonly stamps?: Readonly<Record<string, string>>;
  /** Build tags. @default none */
  readonly tags?: readonly string[];
  /** A file that the published module lacks, such as the web page that its program embeds. @default none */
  readonly lacking?: { readonly module: string; readonly path: string; readonly content: string };
  /** Folder of the modules. @default test/integration/cluster/tools */
  readonly root?: string;
}

export const etcd: ToolSet = { module: 'etcd', programs: { etcd: 'go.etcd.io/etcd/server/v3' } };

/** @param names of the programs @default those of a control plane without nodes */
export function kubernetes(
  version: KubernetesVersion,
  names: readonly string[] = ['kube-apiserver', 'kube-controller-manager'],
): ToolSet {
  const module = `kubernetes-${version}`;
  const [major = '', minor = ''] = version.split('.');
  const gitVersion = pinOf('k8s.io/kubernetes', module);
  return {
    module,
    programs: Object.fromEntries(names.map((name) => [name, `k8s.io/kubernetes/cmd/${name}`])),
    // kubernetes 1.32.13 and 1.36.3, hack/lib/version.sh (ldflags) and staging/src/k8s.io/component-base/version/base.go.
    stamps: Object.fromEntries(
      ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((variables) =>
        Object.entries({ gitVersion, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' }).map(([key, value]) => [
          `${variables}.${key}`,
          value,
        ]),
      ),
    ),
  };
}

/** Something that is not to be had from here: nothing that the project could mend. */
export class NotDownloaded extends Error {}

/**
 * How Go says that it got no module (Go 1.26, cmd/go/internal/modfetch: proxy.go, repo.go, codehost/git.go). A wrong
 * checksum is something else.
 */
const notDownloaded =
  /(?:^|: )(?:Get "https?:|reading https?:|module lookup disabled|unrecognized import path|git (?:ls-remote|fetch|init))/m;

/**
 * Folder with the programs of a set; builds them where that has not been done before. They are kept outside the project,
 * by what decides on their bytes: another pin, another stamp or another Go gets a folder of its own.
 *
 * @throws Error that says what to install where Go is missing, and what Go said where it refused; NotDownloaded where it
 * did not get a module
 */
export async function build(tools: ToolSet, say: (line: string) => void = () => undefined): Promise<string> {
  const { root = join(__dirname, 'tools'), module } = tools;
  const source = join(root, module);
  const { GOVERSION, GOOS, GOARCH } = JSON.parse(
    await go(['env', '-json', 'GOVERSION', 'GOOS', 'GOARCH'], source, module),
  ) as Record<string, string>;
  const digest = createHash('sha256');
  for (const file of ['go.mod', 'go.sum']) digest.update(readFileSync(join(source, file)));
  const particulars = [tools.tags, tools.lacking].filter((each) => each !== undefined);
  digest.update(JSON.stringify([GOVERSION, GOOS, GOARCH, tools.programs, tools.stamps, ...particulars]));
  const folder = join(cacheFolder(), `${module}-${digest.digest('hex').slice(0, 16)}`);
  return existsSync(folder) ? folder : madeOnce(folder, () => compile(tools, { source, folder, say }));
}

interface Compilation {
  readonly source: string;
  readonly folder: string;
  readonly say: (line: string) => void;
}

async function compile(tools: ToolSet, { source, folder, say }: Compilation): Promise<string> {
  const { module } = tools;
  mkdirSync(cacheFolder(), { recursive: true });
  const begun = Date.now();
  say(`${module}: building ${Object.keys(tools.programs).join(', ')} (once; takes minutes) …`);
  const fresh = mkdtempSync(`${folder}.`);
  try {
    const stamps = Object.entries(tools.stamps ?? {}).map(([variable, value]) => `-X ${variable}=${value}`);
    const complete = await withLacking(tools, source, fresh);
    for (const [name, path] of Object.entries(tools.programs)) {
      const flags = [
        ...complete,
        `-tags=${(tools.tags ?? []).join(',')}`,
        '-mod=readonly',
        '-trimpath',
        '-buildvcs=false',
        '-ldflags',
        ['-s', '-w', ...stamps].join(' '),
      ];
      await go(['build', ...flags, '-o', join(fresh, name), path], source, module);
    }
    // Two first runs at once: the second finds the folder of the first, which has the same content.
    if (!existsSync(folder)) renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  say(`${module}: built in ${Math.round((Date.now() - begun) / 1000)} s`);
  return folder;
}

/** Flags that build from a copy of a module with the file that it lacks. The copy is made in a folder. */
async function withLacking({ lacking, module }: ToolSet, source: string, folder: string): Promise<string[]> {
  if (lacking === undefined) return [];
  const download = await go(['mod', 'download', '-json', lacking.module], source, module);
  const { Dir: published } = JSON.parse(download) as { readonly Dir: string };
  const copy = join(folder, 'module');
  // Without the modes: nothing in Go's cache of modules can be written.
  execFileSync('cp', ['--recursive', '--no-preserve=mode', published, copy]);
  const file = join(copy, lacking.path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, lacking.content);
  for (const name of ['go.mod', 'go.sum']) copyFileSync(join(source, name), join(folder, name));
  await go(['mod', 'edit', '-replace', `${lacking.module}=${copy}`, join(folder, 'go.mod')], source, module);
  return [`-modfile=${join(folder, 'go.mod')}`];
}

/** The version of a module that a `go.mod` in `tools/` asks for. */
export function pinOf(dependency: string, module: string): string {
  const text = readFileSync(join(__dirname, 'tools', module, 'go.mod'), 'utf8');
  const version = new RegExp(`^(?:require )?\\s*${dependency} (v\\S+)`, 'm').exec(text)?.[1];
  if (version === undefined) throw new Error(`tools/${module}/go.mod does not require ${dependency}`);
  return version;
}

/** Folder of what is built or fetched once. */
export const cacheFolder = (): string => cacheOf('cluster-tools');

function go(args: readonly string[], cwd: string, module: string): Promise<string> {
  return new Promise((resolve, reject) => {
    // Flags of the caller, such as -mod=vendor, are for the caller's modules.
    const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' };
    const child = spawn('go', args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.on('error', (error: NodeJS.ErrnoException) => {
      const hint = 'The programs of a control plane are built from source: install Go (https://go.dev/doc/install).';
      reject(new Error(error.code === 'ENOENT' ? `go is not in PATH. ${hint}` : `go: ${error.message}`));
    });
    child.on('close', (code) => {
      if (code === 0) resolve(stdout);
      else {
        const Failure = notDownloaded.test(stderr) ? NotDownloaded : Error;
        reject(new Failure(`${module}: go ${args[0] ?? ''} failed with ${code ?? 'a signal'}:\n${tail(stderr)}`));
      }
    });
  });
}

const tail = (text: string): string => text.trimEnd().split('\n').slice(-20).join('\n');
