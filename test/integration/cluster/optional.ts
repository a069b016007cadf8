const variableOfMissing = 'MLOPS_CLUSTER_MISSING';

/** Sets of programs that could not be built: module → why. For the test files, which are other processes. */
export function rememberMissing(reasons: Readonly<Record<string, string>>): void {
  process.env[variableOfMissing] = JSON.stringify(reasons);
}

/** Why sets of programs could not be built; empty where all were. */
export function missingModules(modules?: readonly string[]): string[] {
  const reasons = JSON.parse(process.env[variableOfMissing] ?? '{}') as Record<string, string>;
  return Object.entries(reasons).flatMap(([module, reason]) => (modules?.includes(module) === false ? [] : [reason]));
}

/** A group of tests of programs that are built; skipped, with the reason in its title, where one could not be. */
export function describeBuilt(name: string, modules: readonly string[], tests: () => void): void {
  const [reason] = missingModules(modules);
  if (reason === undefined) describe(name, tests);
  else describe.skip(`${name} (${reason})`, tests);
}

/** What keeps this machine from giving a program a network and a file system of its own; undefined if nothing does. */
export const noNamespaces: string | undefined =
  process.platform === 'linux' && process.getuid?.() === 0
    ? undefined
    : 'operators and exporters run in namespaces of their own, which only root on Linux can make';
