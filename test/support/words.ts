import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSourceFile, forEachChild, ScriptTarget, type Node } from 'typescript';
import { projectRoot } from '../../lib/project';

/** Identifiers and literals in the sources of a folder, as `path: word`; comments are none. */
export function wordsBelow(folder: string): string[] {
  const root = join(projectRoot, folder);
  const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  return sources.flatMap((path) =>
    wordsIn(readFileSync(join(root, path), 'utf8')).map((word) => `${path.replaceAll('\\', '/')}: ${word}`),
  );
}

function wordsIn(code: string): string[] {
  const source = createSourceFile('', code, ScriptTarget.Latest);
  const found: string[] = [];
  const visit = (node: Node): void => {
    const children: Node[] = [];
    forEachChild(node, (child) => void children.push(child));
    if (children.length === 0) found.push(node.getText(source));
    children.forEach(visit);
  };
  visit(source);
  return found;
}
