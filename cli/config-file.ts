import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, resolve } from 'node:path';
import { YAMLException } from 'js-yaml';
import { enumerate } from '../lib/config/rule';
import { refuseEndless } from '../lib/files/readable';
import { parseYaml } from '../lib/kubernetes/yaml';

/** The reason why a config file cannot be read. */
export class ConfigFileError extends Error {}

/** Of a config file. One with a thousand models has a tenth of it. */
const mostMegabytes = 4;

/** Readers by file extension. JSON is valid YAML. */
const readers: Readonly<Record<string, (path: string) => unknown>> = {
  ...Object.fromEntries(['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'].map((end) => [end, runModule])),
  ...Object.fromEntries(['.yaml', '.yml', '.json'].map((end) => [end, readYaml])),
};

/**
 * The content of a config file: the default export of a module, or the only document of a YAML or JSON file. Throws a
 * `ConfigFileError` where it is empty or cannot be read.
 *
 * @param file absolute, or relative to the current folder
 */
export function readConfigFile(file: string): unknown {
  const path = resolve(file);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new ConfigFileError(`${file}: no such file (give another one with --config)`);
  if (found.isDirectory()) {
    throw new ConfigFileError(`${file}: is a folder, not a file (give another one with --config)`);
  }
  const read = readers[extname(path).toLowerCase()];
  if (read === undefined) {
    const ends = enumerate(Object.keys(readers), 'or');
    throw new ConfigFileError(`${file}: the name of a config must end in ${ends} (rename it, if it is one of them)`);
  }
  try {
    refuseEndless(path, mostMegabytes);
    return read(path);
  } catch (error) {
    throw new ConfigFileError(
      `${file}: ${error instanceof ConfigFileError ? '' : 'cannot be loaded: '}${loadErrorMessage(error, path)}`,
    );
  }
}

/** A CommonJS module has no default export: `module.exports` is the config itself. */
function runModule(path: string): unknown {
  const load = createRequire(__filename);
  // Loaded only here: a config that is YAML or JSON does not need it.
  (load('tsx/cjs/api') as { register: () => void }).register();
  const module = load(path) as Readonly<Record<string, unknown>> | null | undefined;
  const isNamespace = typeof module === 'object' && module !== null && ('default' in module || '__esModule' in module);
  const config = isNamespace ? module.default : module;
  const isEmpty = typeof config === 'object' && config !== null && Object.keys(config).length === 0;
  if (config === undefined || (!isNamespace && isEmpty)) {
    throw new ConfigFileError('has no default export (write: export default config)');
  }
  return config;
}

function readYaml(path: string): unknown {
  const documents = parseYaml(readFileSync(path, 'utf8'));
  if (documents.length === 0) throw new ConfigFileError('is empty (write a config into it)');
  if (documents.length > 1) {
    throw new ConfigFileError(`has ${documents.length} documents (give each a file of its own)`);
  }
  return documents[0];
}

/** The message of an error, with its position in the file where that is known. */
function loadErrorMessage(thrown: unknown, path: string): string {
  if (!(thrown instanceof Error)) return String(thrown);
  if (thrown instanceof YAMLException) {
    return `${thrown.reason} (line ${thrown.mark.line + 1}, column ${thrown.mark.column + 1})`;
  }
  // esbuild's format: `Transform failed with 1 error:`, then `path:line:column: ERROR: …`.
  const [, at, column, syntax] = /^.*:(\d+):(\d+): ERROR: (.*)$/m.exec(thrown.message) ?? [];
  if (syntax?.startsWith('Top-level await') === true) {
    return `await is not possible outside of functions (line ${at}, column ${Number(column) + 1})`;
  }
  if (syntax !== undefined) return `${syntax} (line ${at}, column ${Number(column) + 1})`;
  const [, after = ''] = (thrown.stack ?? '').split(`${path}:`);
  const line = /^\d+/.exec(after)?.[0];
  const [message] = thrown.message.split('\nRequire stack:');
  return `${message}${line === undefined ? '' : ` (line ${line})`}`;
}
