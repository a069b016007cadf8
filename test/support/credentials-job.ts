import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeProgram } from '../../lib/bundle';
import type { SecretSpec } from '../../lib/graph/secret-spec';
import type { FakeApiServer } from './fake-api-server';

export interface JobResult {
  /** Null if a signal ended the program. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface JobOptions {
  /** On top of what the server tells a pod. */
  readonly env?: Readonly<Record<string, string>>;
  /** Gets the running program. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** The bundled program in a folder of its own, as the ConfigMap mounts it. */
export class CredentialsJob {
  readonly folder = mkdtempSync(join(tmpdir(), 'credentials-job-'));

  constructor() {
    writeFileSync(join(this.folder, 'credentials.mjs'), nodeProgram('credentials'));
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true });
  }

  /** Runs the program against a server, and checks its discretion. */
  async run(server: FakeApiServer, list: readonly SecretSpec[], options: JobOptions = {}): Promise<JobResult> {
    // In several lists, as where there are many.
    const lists = [list.slice(0, 1), list.slice(1)].map((some) => JSON.stringify(some));
    const result = await this.start(lists, { ...server.env, ...options.env }, options.onStart);
    expectDiscretion(server, list, result);
    return result;
  }

  /** The program with files and an environment and nothing else. */
  async start(
    files: string | readonly string[],
    env: Record<string, string>,
    onStart?: JobOptions['onStart'],
  ): Promise<JobResult> {
    const paths = [files].flat().map((file) => {
      const path = join(this.folder, `${Math.random().toString(36).slice(2)}.json`);
      writeFileSync(path, file);
      return path;
    });
    const child = spawn(process.execPath, [join(this.folder, 'credentials.mjs'), ...paths], { cwd: '/', env });
    onStart?.(child);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, stdout, stderr };
  }
}

/** Checks that a run has printed no value, and used no verb but its three. */
export function expectDiscretion(server: FakeApiServer, list: readonly SecretSpec[], result: JobResult): void {
  expect(leaks(server, list, result)).toEqual([]);
  expect(server.requests.filter(({ verb }) => verb === 'other')).toEqual([]);
}

/** Values that the server holds or was sent, and that the program printed in one form or another. */
function leaks(server: FakeApiServer, list: readonly SecretSpec[], { stdout, stderr }: JobResult): string[] {
  const values = list.flatMap((spec) => Object.values(spec.keys));
  const open = new Set(values.flatMap((value) => ('value' in value ? [value.value] : [])));
  const sent = server.requests
    .filter(({ body }) => body !== '')
    .map(({ body }) => JSON.parse(body) as { data?: object });
  const encoded = [...server.objects, ...sent].flatMap(({ data }) => Object.values(data ?? {}) as string[]);
  const secret = encoded.filter((value) => value.length > 8 && !open.has(Buffer.from(value, 'base64').toString()));
  const forms = secret.flatMap((value) => {
    const plain = Buffer.from(value, 'base64').toString();
    return [value, plain, encodeURIComponent(plain), JSON.stringify(plain).slice(1, -1)];
  });
  return forms.filter((form) => `${stdout}\n${stderr}`.includes(form));
}
