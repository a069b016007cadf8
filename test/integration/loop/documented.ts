import { commandsIn } from '../../support/documents';
import type { World } from './world';

/**
 * Runs a command of docs/upgrading.md that kubectl runs in the pod of a StatefulSet: in place of kubectl, as the user and
 * in the environment of the container. What the user's own shell does, reading and writing files, is done in the folder of
 * the world.
 *
 * @param heading how the section begins that has it
 * @param part of the command by which it is known
 * @param env variables on top of those of the container
 * @returns what it has printed
 * @throws Error if the section does not have exactly one such command, or if the command fails
 */
export async function runDocumented(
  world: World,
  heading: string,
  part: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const found = commandsOf(heading).filter(({ command }) => command.includes(part));
  const [{ pod, container, command } = { pod: '', container: '', command: '' }] = found;
  if (found.length !== 1) throw new Error(`docs/upgrading.md, ${heading}: ${found.length} commands with ${part}`);
  const { as = [], local, ...launch } = world.pod('StatefulSet', pod).launch(container);
  const name = `${pod}-documented`;
  const shell = ['bash', '-c', [...as, local(command)].join(' ')] as const;
  const folder = world.workspace.folder;
  const { code, stdout } = await world.run({
    name,
    command: shell,
    env: { ...launch.env, ...env },
    cwd: folder,
    local,
  });
  if (code !== 0) throw new Error(`${command} ended with ${code ?? 'a signal'}:\n${stdout}`);
  return stdout;
}

/** The commands of a section that kubectl runs in a container. */
function commandsOf(
  heading: string,
): { readonly pod: string; readonly container?: string; readonly command: string }[] {
  const exec = /^kubectl -n \S+ exec (?:-i )?(\S+)-0 (?:-c (\S+) )?-- (.+)$/;
  return commandsIn(heading).flatMap((line) => {
    const [, pod = '', container, command = ''] = exec.exec(line) ?? [];
    return command === '' ? [] : [{ pod, container, command }];
  });
}
