import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheOf, kept, type Say, succeed } from '../kept';
import { folderWith } from '../loop/sources';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const publicMirror = 'http://deb.debian.org/debian';

/** Why no Debian can be put into a folder here; undefined where nothing is missing. */
export function noDebian(): string | undefined {
  for (const program of ['apt-get', 'dpkg-deb', 'unshare', 'nsenter', 'chroot'])
    if (folderWith(program) === undefined) return `no ${program} in PATH: run it on Debian 12 or Ubuntu`;
  return existsSync(keyring) ? undefined : `no ${keyring}: install the package debian-archive-keyring`;
}

/** Releases of Debian: 12, and 13 for what 12 has too old. */
export type Suite = 'bookworm' | 'trixie';

/**
 * A Debian in a folder of its own, with these packages and what they need. Nothing is installed on the machine. Made once
 * for each list of packages.
 *
 * @returns folder of the root file system; whoever writes puts a layer over it
 * @throws Error with the last line of debootstrap
 */
export async function debian(
  name: string,
  packages: readonly string[],
  say: Say,
  suite: Suite = 'bookworm',
): Promise<string> {
  return kept(cacheOf('node'), `debian-${name}`, [suite, ...packages], async (folder) => {
    say(`debian-${name}: installing ${packages.join(', ')} into a folder (once) …`);
    const tools = mkdtempSync(`${folder}.debootstrap.`);
    try {
      await succeed('apt-get', ['-qq', 'download', 'debootstrap'], { cwd: tools });
      await succeed('sh', ['-c', 'dpkg-deb --extract debootstrap_*.deb .'], { cwd: tools });
      const options = ['--variant=minbase', `--keyring=${keyring}`, `--include=${packages.join(',')}`];
      const install = [join(tools, 'usr/sbin/debootstrap'), ...options, suite, folder, await mirror()];
      // What it mounts and starts is gone with it, also when it is killed.
      await succeed('unshare', ['--mount', '--pid', '--fork', '--kill-child', ...install], {
        env: { DEBOOTSTRAP_DIR: join(tools, 'usr/share/debootstrap') },
      });
      rmSync(join(folder, 'var/cache/apt/archives'), { recursive: true });
    } finally {
      rmSync(tools, { recursive: true, force: true });
    }
  });
}

/** Version of a package in such a folder, without what Debian adds. */
export async function versionIn(root: string, name: string): Promise<string> {
  const admin = join(root, 'var/lib/dpkg');
  const version = await succeed('dpkg-query', [`--admindir=${admin}`, '--show', '--showformat=${Version}', name]);
  return version.replace(/^\d+:|[-+].*$/g, '');
}

/** Where this machine gets Debian's packages from. */
async function mirror(): Promise<string> {
  const listed = await succeed('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages']);
  return listed.split('\n').find((uri) => /\/debian\/?$/.test(uri)) ?? publicMirror;
}
