import { existsSync, readdirSync } from 'node:fs';
import { succeed } from '../../kept';

/** How this machine's pip is told where packages are: from its files and variables. */
export interface PipSettings {
  /** As a configuration file. */
  readonly text: string;
  /** Certificates that it trusts instead of its own. @default its own */
  readonly certificates?: string;
  /** Folders with packages. */
  readonly folders: readonly string[];
}

/** Sections of pip's configuration that say something to `pip install`; variables are stronger than files. */
const sections = ['global', 'install', ':env:'];

export async function pipSettings(): Promise<PipSettings> {
  const listed = await succeed('python3', ['-m', 'pip', 'config', 'list']);
  const found = listed.split('\n').flatMap((line) => {
    const [, section = '', key = '', value = ''] = /^(.+?)\.([\w-]+)='(.*)'$/.exec(line) ?? [];
    return sections.includes(section) ? [{ rank: sections.indexOf(section), key, values: value.split(/\\n|\s/) }] : [];
  });
  const settings = Object.fromEntries(
    found.sort((a, b) => a.rank - b.rank).map(({ key, values }) => [key, values.filter((value) => value !== '')]),
  );
  const { cert = [], 'find-links': links = [], ...others } = settings;
  const folders = links.filter((place) => existsSync(place) && readdirSync(place).length > 0);
  const places = links.filter((place) => place.includes('://') || folders.includes(place));
  const lines = Object.entries({ ...others, cert, 'find-links': places })
    .filter(([, values]) => values.length > 0)
    .map(([key, values]) => `${key} = ${values.join('\n  ')}`);
  return { text: ['[global]', ...lines, ''].join('\n'), certificates: cert[0], folders };
}
