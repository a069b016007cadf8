import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../../lib/project';
import { cacheOf, succeed } from '../../kept';
import { pipSettings } from './pip';

/** Where images are: kept, as long as nobody deletes it. */
export const imagesFolder = join(cacheOf('node'), 'images');

/** Debian's buildah, with a storage of its own. */
export interface Buildah {
  /**
   * Standard output of a command.
   *
   * @param folders that it reads besides the project and the cache
   * @throws Error with the end of what it said, where it failed
   */
  readonly run: (args: readonly string[], folders?: readonly string[]) => Promise<string>;
  /** For programs that look for a `buildah` in PATH. */
  readonly env: Readonly<Record<string, string>>;
}

/** For what builds leave during one command; buildah sees it. */
export const scratch = join(imagesFolder, 'scratch');

/** @param root of a Debian with buildah; nothing is written into it */
export async function buildah(root: string): Promise<Buildah> {
  const settings = join(imagesFolder, 'settings');
  for (const path of [join(settings, 'root'), scratch]) mkdirSync(path, { recursive: true });
  const shared = [projectRoot, cacheOf(''), ...(await writeSettings(settings))];
  const sharing = (folders: readonly string[]): string => [...new Set([...shared, ...folders])].join('\n');
  const env = {
    PATH: `${join(__dirname, 'bin')}:${process.env.PATH ?? ''}`,
    BUILDAH_ROOT: root,
    BUILDAH_SETTINGS: settings,
    BUILDAH_SHARED: sharing([]),
    BUILDAH_ISOLATION: 'chroot',
    TMPDIR: scratch,
  };
  return {
    env,
    run: (args, folders = []) => succeed('buildah', args, { env: { ...env, BUILDAH_SHARED: sharing(folders) } }),
  };
}

/**
 * Writes what buildah finds in /etc/containers.
 *
 * @returns folders of this machine that builds see
 */
async function writeSettings(folder: string): Promise<readonly string[]> {
  const { text, certificates, folders } = await pipSettings();
  if (certificates !== undefined) copyFileSync(certificates, join(folder, 'certificates.crt'));
  // What builds see of this machine besides their contexts; images do not keep it.
  const volumes = [
    '/etc/containers/pip.conf:/etc/pip.conf:ro',
    ...(certificates === undefined ? [] : [`/etc/containers/certificates.crt:${certificates}:ro`]),
    ...folders.map((path) => `${path}:${path}:ro`),
  ];
  const files = {
    'storage.conf': [
      '[storage]',
      `driver = "${process.env.STORAGE_DRIVER ?? 'overlay'}"`,
      `graphroot = "${join(imagesFolder, 'storage')}"`,
      'runroot = "/run/containers/storage"',
    ].join('\n'),
    'policy.json': JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }),
    'containers.conf': `[containers]\nvolumes = ${JSON.stringify(volumes)}\n`,
    'pip.conf': text,
  };
  // pip.conf may have a password in an address.
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content, { mode: 0o600 });
  return folders;
}
