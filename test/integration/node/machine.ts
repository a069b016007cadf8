import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually, type Program, type Workspace } from '../cluster/workspace';

export interface MachineOptions {
  /** Root file system; what is written goes into a layer over it. */
  readonly root: string;
  /** For its files and processes. */
  readonly workspace: Workspace;
  /** Folders that it sees at the same path. */
  readonly shared: readonly string[];
  /** For PATH, before Debian's. */
  readonly path: readonly string[];
  /** Folders of real disks at other paths: inside → outside. @default none */
  readonly mounts?: Readonly<Record<string, string>>;
}

/**
 * What stands for a machine: a Debian with processes and mounts of its own, in the network of the caller. Nothing of it is
 * left when its workspace is disposed of.
 */
export class Machine {
  private constructor(
    private readonly options: MachineOptions,
    private readonly init: Program,
    private readonly pid: number,
  ) {}

  static async start(options: MachineOptions): Promise<Machine> {
    const { workspace, root, shared, mounts = {} } = options;
    const own = join(workspace.folder, 'machine');
    const merged = join(own, 'root');
    for (const name of ['root', 'upper', 'work']) mkdirSync(join(own, name), { recursive: true });
    for (const folder of Object.values(mounts)) mkdirSync(folder, { recursive: true });
    const bind = (inside: string, outside: string): string =>
      `mkdir -p '${merged}${inside}' && mount --rbind '${outside}' '${merged}${inside}'`;
    const layers = `lowerdir=${root},upperdir=${join(own, 'upper')},workdir=${join(own, 'work')}`;
    const script = [
      'set -e',
      `mount -t overlay overlay -o '${layers}' '${merged}'`,
      ...['/sys', '/dev'].map((path) => bind(path, path)),
      ...['/run', '/tmp'].map((path) => `mount -t tmpfs tmpfs '${merged}${path}'`),
      ...[workspace.folder, ...shared].map((path) => bind(path, path)),
      ...Object.entries(mounts).map(([inside, outside]) => bind(inside, outside)),
      `mount -t proc proc '${merged}/proc'`,
      // A kubelet writes what differs, for the whole machine and for good; it finds nothing to write.
      ...Object.entries(kernelSettings).flatMap(([name, value]) => {
        const file = join(own, name.replaceAll('/', '.'));
        return [`echo ${value} > '${file}'`, `mount --bind '${file}' '${merged}/proc/sys/${name}'`];
      }),
      // Nobody answers: a name that is looked up fails at once instead of after ten seconds.
      `rm -f '${merged}/etc/resolv.conf'`,
      `echo 'nameserver 127.0.0.1' > '${merged}/etc/resolv.conf'`,
      `mkdir -p '${merged}/.before'`,
      `pivot_root '${merged}' '${merged}/.before'`,
      'cd /',
      'umount --lazy /.before',
      // Volumes that a kubelet mounts must appear in the namespace of every container.
      'mount --make-rshared /',
      'touch /run/machine-is-ready',
      // The first process takes over what containers leave, and must wait for it.
      'exec tini sleep infinity',
    ].join('\n');
    const flags = ['--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private'];
    const init = workspace.start('machine', 'unshare', [...flags, 'sh', '-c', script], { env: { PATH: systemPath } });
    let pid = 0;
    const ready = async (): Promise<boolean> => {
      pid = firstChild(init.pid);
      await promisify(execFile)('nsenter', ['-t', String(pid), '-m', '-r', 'ls', '/run/machine-is-ready']);
      return true;
    };
    await eventually('the machine is up', ready, { seconds: 30, program: init });
    return new Machine(options, init, pid);
  }

  /** Starts a program on it; what it prints goes to `<name>.log`. */
  program(name: string, command: readonly string[]): Program {
    const [binary = '', ...args] = this.entering(command);
    return this.options.workspace.start(name, binary, args, { env: this.env });
  }

  /** Standard output of a program on it that must succeed. @throws Error with what it printed */
  async run(command: readonly string[]): Promise<string> {
    const [binary = '', ...args] = this.entering(command);
    const { stdout } = await promisify(execFile)(binary, args, { env: this.env, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  }

  private entering(command: readonly string[]): string[] {
    return ['nsenter', '-t', String(this.pid), '--mount', '--pid', '--root', '--wd=/', ...command];
  }

  private get env(): Record<string, string> {
    return { PATH: [...this.options.path, systemPath].join(':'), HOME: '/root' };
  }

  get running(): boolean {
    return this.init.running();
  }
}

/** What a kubelet wants of the kernel (kubernetes 1.36.3, pkg/kubelet/cm/container_manager_linux.go, setupKernelTunables). */
const kernelSettings = {
  'vm/overcommit_memory': 1,
  'vm/panic_on_oom': 0,
  'kernel/panic': 10,
  'kernel/panic_on_oops': 1,
  'kernel/keys/root_maxkeys': 1_000_000,
  'kernel/keys/root_maxbytes': 25_000_000,
};

const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Process that `unshare` has forked: the first of the new namespace. */
function firstChild(pid: number | undefined): number {
  const text = readFileSync(`/proc/${pid ?? 0}/task/${pid ?? 0}/children`, 'utf8');
  const child = Number(text.trim().split(' ')[0]);
  if (!child) throw new Error('it has no process yet');
  return child;
}
