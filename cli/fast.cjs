'use strict';

// Runs main.ts from one file, with the code that V8 compiled the last time: two thirds of the time of a synthesis that
// has nothing to render is spent on finding, reading and compiling a thousand modules. The file is made again whenever
// a source has changed, so there is nothing to build by hand and nothing that can be out of date.

const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const vm = require('node:vm');

const root = join(__dirname, '..');
const cache = join(root, 'node_modules/.cache/mlops-infra/app');
const bundle = join(cache, `${digestOfSources()}.cjs`);
const compiled = `${bundle}.${process.version}.bin`;

if (!existsSync(bundle)) build();
run();

function digestOfSources() {
  const hash = createHash('sha256');
  const add = (path) => hash.update(`${path}:`).update(readFileSync(join(root, path)));
  for (const file of ['main.ts', 'package-lock.json']) add(file);
  for (const folder of ['charts', 'cli', 'imports', 'jobs', 'lib']) {
    const files = readdirSync(join(root, folder), { recursive: true });
    for (const file of files.sort()) if (file.endsWith('.ts')) add(join(folder, file));
  }
  return hash.digest('hex').slice(0, 16);
}

function build() {
  rmSync(cache, { recursive: true, force: true });
  const { buildSync } = require('esbuild');
  const { outputFiles } = buildSync({
    entryPoints: [join(root, 'main.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    external: ['esbuild'],
    logLevel: 'error',
  });
  replace(bundle, outputFiles[0].contents);
}

function run() {
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(bundle, 'utf8')}\n})`;
  const cachedData = existsSync(compiled) ? readFileSync(compiled) : undefined;
  const script = new vm.Script(source, {
    filename: bundle,
    cachedData,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(bundle), module, bundle, cache);
  // At the end, when the functions that were called are compiled too. V8 refuses what another V8 has made.
  if (cachedData === undefined || script.cachedDataRejected) {
    process.once('exit', () => replace(compiled, script.createCachedData()));
  }
}

/** Best effort: without a cache it only takes longer. */
function replace(path, content) {
  const temporary = `${path}.${process.pid}`;
  mkdirSync(cache, { recursive: true });
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}
