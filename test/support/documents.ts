import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../lib/project';

/**
 * The commands of a section of docs/upgrading.md, in their order, each in one line.
 *
 * @param heading how the section begins
 * @param until text that ends the part that is meant @default all of the section
 * @throws Error unless exactly one section begins so, and has the text
 */
export function commandsIn(heading: string, until = ''): string[] {
  const text = readFileSync(join(projectRoot, 'docs/upgrading.md'), 'utf8').replace(/\\\n\s+/g, '');
  const [section, ...others] = text.split(/^## /m).filter((one) => one.startsWith(heading));
  if (section === undefined || others.length > 0)
    throw new Error(`docs/upgrading.md: not exactly one section begins with ${heading}`);
  if (!section.includes(until)) throw new Error(`docs/upgrading.md, ${heading}: has no ${until}`);
  const part = until === '' ? section : section.slice(0, section.indexOf(until));
  return [...part.matchAll(/^ {4,}(\S.*)$/gm)].map(([, command = '']) => command);
}
