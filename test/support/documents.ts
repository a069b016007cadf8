import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../lib/project';

/**
 * The commands of a section of docs/upgrading.md, in their order, each in one line.
 *
 * @param heading how the section begins
 * @param part how the bold words begin with which the paragraphs begin that are meant @default all of the section
 * @throws Error unless exactly one section begins so, and one part of it
 */
export function commandsIn(heading: string, part = ''): string[] {
  const text = readFileSync(join(projectRoot, 'docs/upgrading.md'), 'utf8').replace(/\\\n\s+/g, '');
  const section = theOne(text.split(/^## /m), heading);
  const meant = part === '' ? section : theOne(section.split(/^\*\*/m), part);
  return [...meant.matchAll(/^ {4,}(\S.*)$/gm)].map(([, command = '']) => command);
}

function theOne(texts: readonly string[], beginning: string): string {
  const [found, ...others] = texts.filter((one) => one.startsWith(beginning));
  if (found === undefined || others.length > 0)
    throw new Error(
      `docs/upgrading.md: ${others.length + (found === undefined ? 0 : 1)} parts begin with ${beginning}`,
    );
  return found;
}
