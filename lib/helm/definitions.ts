import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from '../files/cache';
import { readText } from '../files/read-text';
import { parseYaml } from '../kubernetes/yaml';
import { nextTurn } from '../next-turn';
import type { HelmChartPin } from './release';

const plain = String.raw`[^\s"'|>&*!#{}[\]%@,?:` + '`' + String.raw`-](?:[^:#]|:(?=\S))*|-(?=[^\s:])(?:[^:#]|:(?=\S))*`;
const value = String.raw`${plain}|"[^"\\]*"|'[^']*'|\{\}|\[\]`;
const key = String.raw`[\w$./-]+|"[^"\\]+"|'[^']+'`;
const wholeEntry = new RegExp(`^(?: *(?:- )?(?:(?:${key}):(?: (?:${value}))?|${value})| *(?:#.*)?)$`);

/**
 * Removes the descriptions from definitions in a rendering, before it is parsed: they are more than half of the
 * original charts' output, and `normalize` drops them anyway. A line that looks like a description may be part of a
 * longer text; such a text starts on an incomplete line, and then the definition is left unchanged.
 */
export const withoutDescriptions = (rendering: string): string =>
  rendering
    .split(/^(?=---$)/m)
    .map((document) => (/^kind: CustomResourceDefinition$/m.test(document) ? shorten(document) : document))
    .join('');

/** A description continues while lines are indented deeper than its key, or empty. */
function shorten(document: string): string {
  const rest = document
    .replace(/^( *)description: [^{[&*!\s].*\n(?:(?:\1 .*| *)\n)*/gm, '')
    .replace(/^( *)- description: [^{[&*!\s].*\n(?:(?:\1 {3}.*| *)\n)*/gm, "$1- description: ''\n");
  return isWhole(rest) ? rest : document;
}

/** Whether every line is a complete entry and every key still has a value: a key with only a description has none. */
function isWhole(document: string): boolean {
  let columnOfKey = -1;
  for (const line of document.split('\n')) {
    if (line === '---' || line === '') continue;
    if (!wholeEntry.test(line)) return false;
    const column = line.search(/\S/);
    const inList = line[column] === '-';
    if (column < columnOfKey || (column === columnOfKey && !inList)) return false;
    columnOfKey = !line.endsWith(':') ? -1 : inList ? column + 2 : column;
  }
  return columnOfKey < 0;
}

/** Whether the definitions of a chart are read beside helm: those of a folder of ours, which has none in subcharts. */
export const hasOwnDefinitions = ({ original, path }: HelmChartPin): boolean =>
  original !== true && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/**
 * The definitions in the folder `crds` of a bundled chart, which helm would copy as they are. Takes a turn of the event
 * loop for each file: helm renders the chart's templates meanwhile.
 */
export async function bundledDefinitions(chart: string): Promise<unknown[]> {
  const folder = join(chart, 'crds');
  const definitions: unknown[] = [];
  for (const file of existsSync(folder) ? filesBelow(folder) : []) {
    await nextTurn();
    definitions.push(...parseYaml(readText(join(folder, file))));
  }
  return definitions;
}
