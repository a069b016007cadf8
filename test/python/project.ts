import { dirname, join } from 'node:path';
import { projectRoot } from '../../lib/project';
import { folderOf, type Tool, without } from '../loop/equipment';
import { run } from '../support/cli';

/** A Python program of this repository, and what its page tells people to run in it. */
export interface Project {
  /** Folder in the repository. */
  readonly folder: string;
  /** Its environment, with the tools. */
  readonly tool: Tool;
  /** Where other programs are that its tests can use: what to set, if they are here. @default none */
  readonly neighbours?: () => Readonly<Record<string, string>>;
  /** More Python to lint with its rules. @default none */
  readonly alsoLinted?: readonly string[];
}

/** Tests a project: format, rules, types, and its own tests. Skipped, with the reason, without its Python. */
export function checked({ folder, tool, neighbours = () => ({}), alsoLinted = [] }: Project): void {
  const missing = without(tool);
  const given = missing === '' ? test : test.skip;
  const cwd = join(projectRoot, folder);

  const pass = async (module: string, ...args: string[]): Promise<string> => {
    const python = join(folderOf(tool), 'python');
    const { code, stdout, stderr } = await run(python, ['-m', module, ...args], { cwd, env: environment() });
    if (code !== 0) throw new Error(`${module} ended with ${code ?? 'a signal'}:\n${stdout}${stderr}`);
    return stdout;
  };
  const environment = (): Record<string, string | undefined> => {
    const cache = join(dirname(folderOf(tool)), 'cache');
    return {
      ...neighbours(),
      ...{ PYTHONPATH: undefined, VIRTUAL_ENV: undefined, PYTHONDONTWRITEBYTECODE: '1', NO_COLOR: '1' },
      // Nothing is written into the repository.
      ...{ MYPY_CACHE_DIR: join(cache, 'mypy'), RUFF_CACHE_DIR: join(cache, 'ruff') },
      HYPOTHESIS_STORAGE_DIRECTORY: join(cache, 'hypothesis'),
    };
  };

  given(`${folder} is formatted, and breaks no rule of ruff${missing}`, async () => {
    await pass('ruff', 'format', '--check', '.', ...alsoLinted);
    await pass('ruff', 'check', '.', ...alsoLinted);
  });

  given(`${folder} has sound types${missing}`, async () => {
    await pass('mypy');
  });

  given(`${folder} passes its own tests${missing}`, async () => {
    const output = await pass('pytest', '-p', 'no:cacheprovider', '-rs', '--durations=5');
    process.stderr.write(`${folder}: ${output.trimEnd()}\n`);
  });
}
