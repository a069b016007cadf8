import { join } from 'node:path';
import { parseYaml } from '../../lib/kubernetes/yaml';
import { isCrd, type KubernetesObject } from '../../lib/kubernetes/object';
import { projectRoot } from '../../lib/project';
import { copyProject, filesIn, run, shareCaches, synth } from '../support/cli';
import { elsewhere } from '../support/elsewhere';
import { temporaryFolder } from '../support/temporary';

const folder = temporaryFolder();
const root = join(folder, 'checkout');
let expected: Record<string, string> = {};

beforeAll(async () => {
  copyProject(root);
  shareCaches(root);
  const { code, stderr } = await synth(['--out', join(folder, 'expected')], { root });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expected = filesIn(join(folder, 'expected'));
});

test('another user in another time zone makes the same bytes', async () => {
  const out = join(folder, 'another-user');
  const { code, stderr } = await synth(['--config', join(root, 'config.ts'), '--out', out], {
    ...elsewhere(folder),
    root,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(filesIn(out)).toEqual(expected);
});

test('cdk8s synth makes the same bytes as npm run synth', async () => {
  const out = join(folder, 'cdk8s');
  const cdk8s = join(projectRoot, 'node_modules/.bin/cdk8s');
  const { code, stderr } = await run(cdk8s, ['synth', '--check-upgrade', 'false', '--output', out], { cwd: root });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(filesIn(out)).toEqual(expected);
});

test('main.ts makes the same bytes without the bundle', async () => {
  const out = join(folder, 'main');
  const { code, stderr } = await run(process.execPath, ['--require', 'tsx/cjs', 'main.ts', '--out', out], {
    cwd: root,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(filesIn(out)).toEqual(expected);
});

const objects = (): KubernetesObject[] =>
  Object.values(expected).flatMap((text) => parseYaml(text) as KubernetesObject[]);

test('what was read and written by JSON is the same: nothing is lost in the YAML', () => {
  expect(objects().length).toBeGreaterThan(100);
  expect(JSON.parse(JSON.stringify(objects()))).toEqual(objects());
});

test('every custom resource is namespaced, as is assumed where its definition is in another release', () => {
  const definitions = objects().filter(isCrd);
  expect(definitions.length).toBeGreaterThan(20);
  const clusterScoped = definitions.filter(({ spec }) => spec.scope !== 'Namespaced');
  expect(clusterScoped.map(({ metadata }) => metadata.name)).toEqual([]);
});
