const plain = String.raw`[^\s"'|>&*!#{}[\]%@,?:` + '`' + String.raw`-](?:[^:#]|:(?=\S))*|-(?=[^\s:])(?:[^:#]|:(?=\S))*`;
const value = String.raw`${plain}|"[^"\\]*"|'[^']*'|\{\}|\[\]`;
const key = String.raw`[\w$./-]+|"[^"\\]+"|'[^']+'`;
const wholeEntry = new RegExp(`^(?: *(?:- )?(?:(?:${key}):(?: (?:${value}))?|${value})| *(?:#.*)?)$`);

/**
 * Takes the descriptions out of the definitions in a rendering: more than half of what the original charts print, and
 * no part of the output (see `normalize`), so not worth parsing. What looks like a description in the middle of another
 * text is none: that text begins in a line that is no whole entry, and then the definition is left as it is.
 */
export const withoutDescriptions = (rendering: string): string =>
  rendering
    .split(/^(?=---$)/m)
    .map((document) => (/^kind: CustomResourceDefinition$/m.test(document) ? shorten(document) : document))
    .join('');

/** A description goes on as far as lines are further in than its key, or empty. */
function shorten(document: string): string {
  const rest = document
    .replace(/^( *)description: [^{[&*!\s].*\n(?:(?:\1 .*| *)\n)*/gm, '')
    .replace(/^( *)- description: [^{[&*!\s].*\n(?:(?:\1 {3}.*| *)\n)*/gm, "$1- description: ''\n");
  return isWhole(rest) ? rest : document;
}

/** Whether every line is a whole entry, and every key has something still: what had only a description has not. */
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
