import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { nodeProgram } from '../../lib/bundle';
import { projectRoot } from '../../lib/project';
import { temporaryFolder } from '../support/temporary';

const folder = temporaryFolder();
/** Those in TypeScript. */
const programs = readdirSync(join(projectRoot, 'programs')).filter((name) =>
  existsSync(join(projectRoot, 'programs', name, 'main.ts')),
);

test('there are programs', () => {
  expect(programs).toContain('credentials');
});

describe.each(programs)('the program %s', (name) => {
  const program = nodeProgram(name);

  test('is the same every time', () => {
    expect(nodeProgram(name)).toBe(program);
  });

  test('runs on Node.js alone: it imports nothing that a plain image lacks', () => {
    const imported = [...program.matchAll(/^import .*from "(.*)";$/gm)].map(([, module = '']) => module);
    expect(imported.length).toBeGreaterThan(0);
    for (const module of imported) expect(builtinModules).toContain(module.replace(/^node:/, ''));
    expect(program).not.toMatch(/\brequire\(|\bimport\(/);
    writeFileSync(join(folder, `${name}.mjs`), program);
    const { status, stderr } = spawnSync(process.execPath, ['--check', join(folder, `${name}.mjs`)]);
    expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: '' });
  });

  test('can be a block of plain lines in YAML', () => {
    expect(program).toMatch(/^[\n\x20-\x7e]+$/);
    expect(program).not.toMatch(/[ \t]$/m);
  });

  test('is bundled from the files of its folder only, whose changes decide when to bundle it again', () => {
    const entry = join(projectRoot, 'programs', name, 'main.ts');
    const { metafile } = buildSync({
      entryPoints: [entry],
      absWorkingDir: projectRoot,
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      format: 'esm',
    });
    for (const file of Object.keys(metafile.inputs)) expect(file).toMatch(new RegExp(`^programs/${name}/[^/]+$`));
  });

  test('names no path of this machine', () => {
    expect(program).not.toContain(projectRoot);
  });
});
