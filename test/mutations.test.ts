import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import type { KubernetesObject } from '../lib/kubernetes/object';
import { parseYaml } from '../lib/kubernetes/yaml';
import { projectRoot } from '../lib/project';
import { copyProject, run } from './support/cli';
import { completeCharts } from './support/complete-platform';
import { objectsOf } from './support/service';
import { temporaryFolder } from './support/temporary';
import { mutations } from './support/mutations';

// Whether the snapshots of the services show what is wrong with a service: they are tested here.

interface TestFile {
  readonly name: string;
  readonly message: string;
}

describe('one line of a source is wrong, and the snapshot of its service shows it', () => {
  const folder = join(temporaryFolder(), 'copy');
  let red: readonly TestFile[];

  // All at once in one copy: each test of a service builds that service alone.
  beforeAll(async () => {
    copyProject(folder);
    for (const part of ['charts', 'support'])
      cpSync(join(projectRoot, 'test', part), join(folder, 'test', part), { recursive: true });
    for (const { source, right, wrong } of mutations) {
      const text = readFileSync(join(folder, source), 'utf8');
      expect({ source, right, times: text.split(right).length - 1 }).toEqual({ source, right, times: 1 });
      writeFileSync(
        join(folder, source),
        text.replace(right, () => wrong),
      );
    }
    const files = [...new Set(mutations.map(({ test: file }) => file))];
    const report = join(folder, 'report.json');
    const options = ['--ci', '--json', '--outputFile', report, '--no-colors', '--expand'];
    await run(process.execPath, [join(projectRoot, 'node_modules/jest/bin/jest.js'), ...options, ...files], {
      cwd: folder,
    });
    red = (JSON.parse(readFileSync(report, 'utf8')) as { testResults: TestFile[] }).testResults;
  });

  test.each(mutations)('$what', ({ test: file, shown }) => {
    const message = red.find(({ name }) => name.endsWith(file))?.message ?? '';
    const surplus = message.matchAll(/^ *\+ +(?:- )?(.*)$/gm);
    expect([...surplus].map(([, line]) => line)).toContain(shown);
  });
});

describe('a value of an object', () => {
  const snapshots = filesBelow(join(projectRoot, 'test/charts'), '.snap').flatMap((file) =>
    Object.values(exportsOf(file)),
  );
  const written = snapshots.flatMap(objectsIn);

  test('is in a snapshot of its kind, for every field of every object of ours in the complete platform', () => {
    const shown = new Set(written.flatMap(fieldsOf));
    const ours = completeCharts().flatMap((chart) => objectsOf(chart));
    expect(ours.length).toBeGreaterThan(100);
    expect([...new Set(ours.flatMap(fieldsOf))].filter((field) => !shown.has(field))).toEqual([]);
  });
});

function filesBelow(folder: string, ending: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith(ending)).map((name) => join(folder, name));
}

/** Name → text of the snapshots in a file. */
function exportsOf(file: string): Readonly<Record<string, string>> {
  const exported: Record<string, string> = {};
  runInNewContext(readFileSync(file, 'utf8'), { exports: exported });
  return exported;
}

/** The objects that a snapshot shows; none where it shows something else, such as a table. */
function objectsIn(text: string): KubernetesObject[] {
  if (!/^\n(- )?apiVersion: /.test(text)) return [];
  return parseYaml(text).flat() as KubernetesObject[];
}

/** `Deployment spec.template.spec.containers[].image` for each value. Keys that users name are taken for one. */
function fieldsOf(object: KubernetesObject): string[] {
  const below = (value: unknown, path: string): string[] => {
    if (Array.isArray(value)) return value.flatMap((item) => below(item, `${path}[]`));
    if (typeof value !== 'object' || value === null) return [path];
    const named = /(data|labels|annotations|matchLabels|selector)$/i.test(path);
    return Object.entries(value).flatMap(([key, inner]) => below(inner, named ? `${path}.*` : `${path}.${key}`));
  };
  return below(object, object.kind);
}
