import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseYaml } from '../../lib/kubernetes/yaml';
import type { KubernetesObject } from '../../lib/kubernetes/object';
import { projectRoot } from '../../lib/project';
import { completeCharts } from '../support/complete-platform';
import { mutations } from '../support/mutations';
import { objectsOf } from '../support/service';
import { snapshotsIn } from '../support/snapshots';

// Whether the snapshots in this folder cover the platform. test/mutations.test.ts tries what they notice.

const snapshots = filesBelow(join(projectRoot, 'test/charts'), '.snap').flatMap((file) =>
  Object.values(snapshotsIn(file)),
);
const written = snapshots.flatMap(objectsIn);

test('every field of every object of ours in the complete platform is in a snapshot of its kind', () => {
  const shown = new Set(written.flatMap(fieldsOf));
  const ours = completeCharts().flatMap((chart) => objectsOf(chart));
  expect(ours.length).toBeGreaterThan(100);
  expect([...new Set(ours.flatMap(fieldsOf))].filter((field) => !shown.has(field))).toEqual([]);
});

test('every service has a planted fault that its snapshots must show', () => {
  const folders = readdirSync(join(projectRoot, 'charts'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const mutated = new Set(mutations.map(({ source }) => source.split('/')[1]));
  expect(folders.map(({ name }) => name).filter((name) => !mutated.has(name))).toEqual([]);
});

function filesBelow(folder: string, ending: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith(ending)).map((name) => join(folder, name));
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
