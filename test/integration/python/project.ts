import { dirname, join } from 'node:path';
import { projectRoot } from '../../../lib/project';
import { folderOf, type Tool, without } from '../loop/equipment';
import { run } from '../../support/cli';

/** A Python program of this repository. */
export interface Project {
  /** Folder in the repository. */
  readonly folder: string;
  /** Its environment, with the tools. */
  readonly tool: Tool;
  /** For its tests: where other programs are, if they are here. @default none */
  readonly neighbours?: () => Readonly<Record<string, string>>;
  /** More Python that follows its rules. @default none */
  readonly alsoLinted?: readonly string[];
}

/** Tests format, rules and types. Skipped, with the reason, without its Python. */
export function isSound(project: Project): void {
  const { folder, alsoLinted = [] } = project;
  given(project, `${folder} is formatted, and breaks no rule of ruff`, async () => {
    await pass(project, 'ruff', 'format', '--check', '.', ...alsoLinted);
    await pass(project, 'ruff', 'check', '.', ...alsoLinted);
  });
  given(project, `${folder} has sound types`, async () => {
    await pass(project, 'mypy');
  });
}

/** Runs its own tests, or those that these arguments of pytest leave, and tells which of them are skipped. */
export function passesItsTests(project: Project, ...args: readonly string[]): void {
  const name = [`${project.folder} passes its own tests`, ...args].join(' ');
  given(project, name, async () => {
    const output = await pass(project, 'pytest', '-p', 'no:cacheprovider', '-rs', ...args);
    const said = output.split('\n').filter((line) => /^SKIPPED | passed\b/.test(line));
    process.stderr.write(`${project.folder}: ${said.join('\n  ')}\n`);
  });
}

function given({ tool }: Project, name: string, check: () => Promise<void>): void {
  const missing = without(tool);
  (missing === '' ? test : test.skip)(`${name}${missing}`, check);
}

async function pass(
  { folder, tool, neighbours }: Project,
  module: string,
  ...args: readonly string[]
): Promise<string> {
  const bin = folderOf(tool);
  const cache = join(dirname(bin), 'cache');
  const env = {
    ...neighbours?.(),
    ...{ PYTHONPATH: undefined, VIRTUAL_ENV: undefined },
    // Nothing is written into the repository.
    ...{ PYTHONDONTWRITEBYTECODE: '1', MYPY_CACHE_DIR: join(cache, 'mypy'), RUFF_CACHE_DIR: join(cache, 'ruff') },
    HYPOTHESIS_STORAGE_DIRECTORY: join(cache, 'hypothesis'),
  };
  const options = { cwd: join(projectRoot, folder), env };
  const { code, stdout, stderr } = await run(join(bin, 'python'), ['-m', module, ...args], options);
  if (code !== 0) throw new Error(`${module} ended with ${code ?? 'a signal'}:\n${stdout}${stderr}`);
  return stdout;
}
