import { execFileSync } from 'node:child_process';
import { symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfigFile } from '../../cli/config-file';
import { z } from 'zod';
import { readLockFile } from '../../lib/files/lock-file';
import { run } from '../support/cli';
import { temporaryFolder } from '../support/temporary';

const folder = temporaryFolder();

function file(name: string, text: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** What a file is refused for, without its name. */
function refusal(name: string, text: string | Buffer): string {
  const path = file(name, text);
  try {
    return `read as ${JSON.stringify(readConfigFile(path))}`;
  } catch (error) {
    return (error as Error).message.replace(`${path}: `, '');
  }
}

test('YAML and JSON say the same as a module', () => {
  const config = { cluster: { externalHost: '192.0.2.10' }, services: { kafka: false }, models: [] };
  expect(readConfigFile(file('a.json', `\uFEFF${JSON.stringify(config, null, '\t')}`))).toEqual(config);
  const yaml = 'cluster: &cluster\n  externalHost: 192.0.2.10\nservices: { kafka: off }\nmodels: []\n';
  expect(readConfigFile(file('a.yaml', yaml))).toEqual(config);
  expect(readConfigFile(file('UPPER.YML', yaml))).toEqual(config);
});

test.each([
  ['nothing', 'a.yaml', '', 'is empty (write a config into it)'],
  ['nothing but a comment', 'a.yaml', '---\n# later\n', 'is empty (write a config into it)'],
  ['null', 'a.json', 'null', 'is empty (write a config into it)'],
  ['two documents', 'a.yaml', 'a: 1\n---\nb: 1\n', 'has 2 documents (give each a file of its own)'],
  [
    'a key that is there twice',
    'a.yaml',
    'size: {}\nsize: {}\n',
    'cannot be loaded: duplicated mapping key (line 2, column 1)',
  ],
  [
    'a key that is there twice in JSON',
    'a.json',
    '{\n  "size": {},\n  "size": {}\n}',
    'cannot be loaded: duplicated mapping key (line 3, column 3)',
  ],
  [
    'a wrong indentation',
    'a.yaml',
    'size:\n  profile: team\n models: []\n',
    'cannot be loaded: bad indentation of a mapping entry (line 3, column 2)',
  ],
  [
    'an alias without its anchor',
    'a.yaml',
    'size: *size\n',
    'cannot be loaded: unidentified alias "size" (line 1, column 12)',
  ],
  [
    'code',
    'a.yaml',
    'size: !!js/function "x"\n',
    expect.stringMatching(/^cannot be loaded: unknown tag .*js\/function.* \(line 1, /),
  ],
  [
    'bytes that are no text',
    'a.yaml',
    Buffer.from([0]),
    'cannot be loaded: null byte is not allowed in input (line 1, column 1)',
  ],
])('%s is refused', (_, name, text, message) => {
  expect(refusal(name, text)).toEqual(message);
});

test('depth is refused, not run out of', () => {
  expect(refusal('deep.json', '['.repeat(100_000))).toMatch(/^cannot be loaded: nesting exceeded .* \(line 1, /);
});

describe('a module is read, or refused with the reason:', () => {
  const config = '{ size: { profile: "team" } }';
  const read = "{ size: { profile: 'team' } }";

  const modules: readonly [name: string, text: string, outcome: string | RegExp][] = [
    ['module.ts', `const config: object = ${config};\nexport default config;`, read],
    ['module.mts', `export default ${config};`, read],
    ['module.cts', `export default ${config};`, read],
    ['module.mjs', `export default ${config};`, read],
    ['module.js', `export default ${config};`, read],
    ['common.cjs', `module.exports = ${config};`, read],
    ['common.ts', `export = ${config};`, read],
    ['promise.ts', `export default Promise.resolve(${config});`, `Promise { ${read} }`],
    ['syntax.ts', 'const a = 1;\nconst b = ;\n', 'cannot be loaded: Unexpected ";" (line 2, column 11)'],
    ['throws.ts', '\n\nthrow new Error("no such stage");\n', 'cannot be loaded: no such stage (line 3)'],
    ['throws-text.ts', 'throw "a text";\n', 'cannot be loaded: a text'],
    [
      'imports.ts',
      'import x from "./absent";\nexport default x;\n',
      /^cannot be loaded: Cannot find module '.\/absent'/,
    ],
    ['nothing.ts', 'export const config = {};\n', 'has no default export (write: export default config)'],
    [
      'await.ts',
      'export default await Promise.resolve({});\n',
      'cannot be loaded: await is not possible outside of functions (line 1, column 16)',
    ],
  ];
  let outcomes: ReadonlyMap<string, string>;

  // One process for all: Node.js loads a module, for which Jest would stand in here.
  beforeAll(async () => {
    const script = `
      const { inspect } = require('node:util');
      const unregister = require('tsx/cjs/api').register();
      const { readConfigFile } = require('./cli/config-file');
      unregister();
      const outcomeOf = (file) => {
        try {
          return inspect(readConfigFile(file));
        } catch (error) {
          return error.message.replace(file + ': ', '');
        }
      };
      console.log(JSON.stringify(process.argv.slice(1).map(outcomeOf)));`;
    const files = modules.map(([name, text]) => file(name, text));
    const { stdout, stderr } = await run(process.execPath, ['--eval', script, ...files]);
    expect(stderr).toBe('');
    const texts = JSON.parse(stdout) as string[];
    outcomes = new Map(modules.map(([name], at) => [name, texts[at] ?? '']));
  });

  test.each(modules)('%s', (name, _, outcome) => {
    if (typeof outcome === 'string') expect(outcomes.get(name)).toBe(outcome);
    else expect(outcomes.get(name)).toMatch(outcome);
  });
});

/** A pipe that nobody writes to, and a device without an end. */
const endless: Readonly<Record<string, (path: string) => void>> = {
  pipe: (path) => void execFileSync('mkfifo', [path]),
  device: (path) => {
    symlinkSync('/dev/zero', path);
  },
};

test.each(Object.entries(endless))('a %s is refused, and not read', (name, make) => {
  for (const end of ['json', 'yaml', 'ts']) {
    const path = join(folder, `${name}.${end}`);
    make(path);
    expect(() => readConfigFile(path)).toThrow(`${path}: cannot be loaded: is a pipe or a device, not a file`);
  }
  const lock = join(folder, name);
  make(lock);
  const locked = { path: lock, of: 'images', entry: z.string(), without: 'nothing happens' };
  expect(() => readLockFile(locked)).toThrow(`${lock}: cannot be read: is a pipe or a device, not a file`);
});

test('a file that is too large for a config is refused, and not read', () => {
  const path = file('large.json', '');
  truncateSync(path, 5e6);
  expect(() => readConfigFile(path)).toThrow('has 5 MB, and at most 4 are read');
});
