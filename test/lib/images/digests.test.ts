import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestSource, findDigests, type DigestSource } from '../../../lib/images/digests';
import { digestOf } from '../../support/registry';
import { temporaryFolder } from '../../support/temporary';

const bin = join(temporaryFolder(), 'bin');
const path = process.env.PATH;
const digest = `sha256:${'a'.repeat(64)}`;
const reference = 'quay.io/a/b:1';
const manifest = '{"schemaVersion":2}';

beforeEach(() => {
  mkdirSync(bin);
  process.env.PATH = bin;
});
afterEach(() => {
  rmSync(bin, { recursive: true });
  process.env.PATH = path;
});

/** Installs a program that does what a line of shell says. */
function install(program: string, line: string): void {
  writeFileSync(join(bin, program), `#!/bin/sh\n${line}\n`);
  chmodSync(join(bin, program), 0o755);
}

const found = (source: DigestSource = digestSource()): Promise<unknown> =>
  findDigests(new Map([[reference, reference]]), source);

test('skopeo is asked for the manifest, and crane for the digest', async () => {
  install('crane', `[ "$*" = "digest ${reference}" ] && echo ${digest}`);
  expect(await found()).toEqual({ [reference]: digest });
  install('skopeo', `[ "$*" = "inspect --raw docker://${reference}" ] && printf '${manifest}'`);
  expect(await found()).toEqual({ [reference]: digestOf(manifest) });
});

test('an image is asked for at its place, and has the digest under its own name', async () => {
  install('crane', `[ "$2" = mirror.example.org/a/b:1 ] && echo ${digest}`);
  const places = new Map([[reference, 'mirror.example.org/a/b:1']]);
  expect(await findDigests(places, digestSource())).toEqual({ [reference]: digest });
});

test.each([
  ['crane', 'echo sha256:1', 'crane answers "sha256:1", which is not sha256: and 64 hexadecimal digits'],
  ['crane', `echo ${digest.toUpperCase()}`, `crane answers "${digest.toUpperCase()}", which is not`],
  ['crane', `echo ${digest}; echo ${digest}`, `crane answers "${digest}\\n${digest}", which is not`],
  ['crane', ':', 'crane answers "", which is not'],
  ['skopeo', 'echo "<html>"', 'skopeo answers "<html>\\n", which is no manifest of version 2'],
  ['skopeo', `echo '{"schemaVersion":1}'`, 'skopeo answers "{\\"schemaVersion\\":1}\\n", which is no manifest'],
  ['skopeo', ':', 'skopeo answers "", which is no manifest'],
])('an answer of %s that cannot be right is an error: %s', async (program, line, message) => {
  install(program, line);
  await expect(found()).rejects.toThrow(`${reference}: ${message}`);
});

test('whatever looks digests up, what it answers is checked', async () => {
  const source = { name: 'another', digestOf: () => Promise.resolve('sha512:1') };
  await expect(found(source)).rejects.toThrow(`${reference}: another answers "sha512:1", which is not sha256:`);
});

test.each([
  [
    'skopeo',
    String.raw`time="2026-11-28T10:00:00Z" level=fatal msg="Error parsing image name \"docker://a\": denied"`,
    'skopeo: Error parsing image name "docker://a": denied',
  ],
  ['skopeo', 'time="1" level=warning msg=slow\ntime="2" level=fatal msg="not found"', 'skopeo: not found'],
  ['skopeo', 'time="1" level=fatal msg=denied', 'skopeo: denied'],
  ['skopeo', 'no such command', 'skopeo: no such command'],
  ['crane', '2026/11/28 HEAD request failed\nError: MANIFEST_UNKNOWN', 'crane: Error: MANIFEST_UNKNOWN'],
])('what %s says last is the message alone', async (program, text, message) => {
  install(program, `/bin/cat >&2 <<'END'\n${text}\nEND\nexit 1`);
  await expect(found()).rejects.toThrow(new Error(`${reference}: ${message}`));
});

test('a program that fails without a word is an error with the command', async () => {
  install('crane', 'exit 3');
  await expect(found()).rejects.toThrow(`${reference}: crane: Command failed: crane digest ${reference}`);
});
