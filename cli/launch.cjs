'use strict';

// Runs a command as a single file with V8's compiled code from the last run: resolving, reading and compiling a thousand
// modules takes two thirds of a synthesis that renders nothing, and nearly all of a command that prints a list. The file
// is rebuilt whenever a source has changed, so there is no build step, and it is never out of date.
//
//   node cli/launch.cjs COMMAND [ARGUMENT...]

const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { dirname, join } = require('node:path');
const vm = require('node:vm');
const { cacheFolderOf } = require('../lib/files/cache-folder.cjs');

const root = join(__dirname, '..');
const [command] = process.argv.splice(2, 1); // The command reads its own arguments from there.
const source = join(root, command === 'synth' ? 'main.ts' : `cli/${command}.ts`);
const cache = join(cacheFolderOf(root), 'app');
const digest = digestOfSources();
const bundle = join(cache, `${digest}-${command}.cjs`);
const compiled = `${bundle}.${process.version}.bin`;
const digestLength = 32;

run(read(bundle)?.toString() ?? build());

function digestOfSources() {
  const hash = createHash('sha256');
  const add = (path) => hash.update(`${path}:`).update(readFileSync(join(root, path)));
  for (const file of ['main.ts', 'package-lock.json', 'tsconfig.json']) add(file);
  for (const folder of ['charts', 'cli', 'cluster', 'imports', 'lib', 'programs']) {
    const files = readdirSync(join(root, folder), { recursive: true });
    for (const file of files.sort()) if (/\.c?[jt]s$/.test(file)) add(join(folder, file));
  }
  return hash.digest('hex').slice(0, 16);
}

function build() {
  const { buildSync } = require('esbuild');
  const { outputFiles } = buildSync({
    entryPoints: [source],
    bundle: true,
    minifyWhitespace: true, // A third less to read and to compile.
    legalComments: 'none',
    write: false,
    platform: 'node',
    target: 'es2022', // The target of tsconfig.json, which every supported Node.js runs.
    external: ['esbuild'],
    logLevel: 'error',
  });
  replace(bundle, outputFiles[0].contents);
  bestEffort(() => {
    for (const file of readdirSync(cache)) if (!file.startsWith(digest)) rmSync(join(cache, file));
  });
  return outputFiles[0].text;
}

function run(text) {
  const cachedData = read(compiled);
  const script = new vm.Script(`(function (exports, require, module, __filename, __dirname) {${text}\n})`, {
    filename: bundle,
    cachedData,
  });
  const module = { exports: {} };
  // The bundle looks for packages and files next to its source, wherever the cache is, and is the program that was started.
  const require = Object.assign(createRequire(source), { main: module });
  script.runInThisContext()(module.exports, require, module, source, dirname(source));
  // Stored at the end, so that the functions that ran are compiled too. V8 rejects the data of another V8.
  if (cachedData === undefined || script.cachedDataRejected) {
    process.once('exit', () => replace(compiled, script.createCachedData()));
  }
}

/** Reads a file of the cache. A file that a power cut has damaged counts as missing, because V8 would crash on it. */
function read(path) {
  const file = bestEffort(() => readFileSync(path)) ?? Buffer.alloc(0);
  const content = file.subarray(digestLength);
  return file.subarray(0, digestLength).equals(digestOf(content)) ? content : undefined;
}

function replace(path, content) {
  const temporary = `${path}.${process.pid}`;
  bestEffort(() => {
    mkdirSync(cache, { recursive: true });
    writeFileSync(temporary, Buffer.concat([digestOf(content), content]));
    renameSync(temporary, path);
  });
}

function digestOf(content) {
  return createHash('sha256').update(content).digest();
}

/** Ignores errors: without a cache, or with a read-only one, a run only takes longer. */
function bestEffort(act) {
  try {
    return act();
  } catch {
    return undefined;
  }
}
