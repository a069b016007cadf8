// Records which metrics a program exports: its names, never its values.
// Usage: node --require tsx/cjs <this file> <program> <version> <how it was run> <URL or file>…
// With METRICS_TOKEN in the environment as bearer token.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { namesIn } from './names';

async function read(source: string): Promise<string> {
  if (!/^https?:/.test(source)) return readFileSync(source, 'utf8');
  const { METRICS_TOKEN: token } = process.env;
  const answer = await fetch(source, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Error(`${source}: status ${answer.status}`);
  return answer.text();
}

async function main([program, version, how, ...sources]: readonly string[]): Promise<void> {
  if (program === undefined || sources.length === 0) throw new Error('give program, version, how, and where to read');
  const names = [...new Set((await Promise.all(sources.map(read))).flatMap(namesIn))].sort();
  const file = path.join(__dirname, 'recorded', `${program}.json`);
  writeFileSync(file, `${JSON.stringify({ program, version, how, names }, null, 2)}\n`);
  process.stdout.write(`${file}: ${names.length} metrics\n`);
}

void main(process.argv.slice(2));
