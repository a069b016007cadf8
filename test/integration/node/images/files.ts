import { chmodSync, copyFileSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Image } from '../../cluster/pods/pod';
import { succeed } from '../../kept';
import type { Recipe } from './recipe';

/** The root file system of a Debian, without what only people read and what installing has left. */
export function debianRecipe(root: string): Recipe {
  const left = ['.complete', 'var/cache/apt/*', 'var/lib/apt/lists/*', 'var/log/*', 'proc/*', 'sys/*', 'dev/*'];
  const read = ['doc', 'info', 'locale', 'man'].map((name) => `usr/share/${name}/*`);
  const excluded = [...left, ...read].map((pattern) => `--exclude=./${pattern}`);
  return {
    containerfile: [
      'FROM scratch',
      'ADD root.tar /',
      'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'CMD ["bash"]',
    ].join('\n'),
    filledWith: [basename(root), excluded],
    fill: async (context) => {
      await succeed('tar', ['--create', '--file', join(context, 'root.tar'), '--directory', root, ...excluded, '.']);
    },
  };
}

/** An image of a program that needs no other files than these. @param base where the program needs a C library */
export function programRecipe(
  { entrypoint, program, user, files = {}, programs = {} }: Image,
  base = 'scratch',
): Recipe {
  const all = { [entrypoint[0]]: program, ...programs };
  return {
    containerfile: [`FROM ${base}`, 'COPY root /', `USER ${user}`, `ENTRYPOINT ${JSON.stringify(entrypoint)}`].join(
      '\n',
    ),
    filledWith: [all, Object.values(all).map((source) => statSync(source).mtimeMs), files],
    fill: (context) => {
      const place = (path: string): string => {
        const file = join(context, 'root', path);
        mkdirSync(dirname(file), { recursive: true });
        return file;
      };
      for (const [path, source] of Object.entries(all)) {
        copyFileSync(source, place(path));
        chmodSync(place(path), 0o755);
      }
      for (const [path, content] of Object.entries(files)) writeFileSync(place(path), content);
    },
  };
}
