import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { helmBinary } from '../../lib/helm/binary';
import { renderReleases } from '../../lib/helm/render';
import { firstDifference, mayChange } from '../../lib/helm/stability';
import type { HelmChartPin } from '../../lib/helm/release';
import { configMap, declare, render, writeChart } from '../support/helm-chart';
import { temporaryFolder } from '../support/temporary';

const folder = temporaryFolder();

/** A chart of somebody else: its archive, as a pin of the platform names it. */
async function archive(name: string, template: string): Promise<HelmChartPin> {
  const chart = writeChart(join(folder, name), { 'templates/a.yaml': template });
  execFileSync(await helmBinary(), ['package', chart.path, '-d', folder], { stdio: 'ignore' });
  return { ...chart, path: join(folder, `${name}-0.1.0.tgz`), original: { comparisonValues: {} } };
}

test('a chart that makes a password is refused by release, object and field, and nothing of it is kept', async () => {
  const chart = await archive('random', configMap('fixed: a\npassword: {{ randAlphaNum 20 }}'));
  const cache = join(folder, 'random-cache');
  const { confirmed } = await renderReleases(declare(chart).node.root, { cache });
  await expect(confirmed).rejects.toThrow(
    'service/release: random 0.1.0 comes out differently each time ' +
      '(set the value that fixes it, such as an existing Secret): ConfigMap/probe: data.password',
  );
  expect(() => readdirSync(cache)).toThrow('ENOENT');
});

test('a chart that makes a password only if none is given is accepted with one, and kept', async () => {
  const chart = await archive('sometimes', configMap('password: {{ .Values.password | default (randAlphaNum 20) }}'));
  const cache = join(folder, 'sometimes-cache');
  const release = declare(chart, { values: { password: 'given' } });
  const { confirmed } = await renderReleases(release.node.root, { cache });
  await confirmed;
  await expect(render(release, { cache })).resolves.toEqual({ fromCache: true });
});

test.each([
  ['{{ randAlphaNum 10 }}', true],
  ['{{- $ca := genCA "ca" 365 -}}', true],
  ['{{ printf "%s" (uuidv4) }}', true],
  ['{{ now | date "2006" }}', true],
  ['{{ .Values.map | keys | join "," }}', true],
  ['{{ range (keys .Values.map) }}{{ end }}', true],
  ['{{ .Values.generate }} random now', false],
  ['{{ .Values.randomly }}{{ dict "values" .Values.values | toYaml }}', false],
])('%s may change: %s', async (template, expected) => {
  const name = `scan-${Buffer.from(template).toString('hex').slice(0, 40)}`;
  const { path } = await archive(name, configMap(`a: ${JSON.stringify(template)}`).replaceAll('\\"', '"'));
  expect(mayChange(path)).toBe(expected);
});

test('a second rendering may leave documents out, but not bring others', () => {
  const one = configMap('a: "1"');
  const other = configMap('a: "1"').replace('probe', 'other');
  expect(firstDifference(`---\n${one}---\n${other}`, `---\n${other}`)).toBeUndefined();
  expect(firstDifference(`---\n${one}`, `---\n${one}---\n${other}`)).toBe('ConfigMap/other is only sometimes there');
});
