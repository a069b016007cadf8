import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { helmBinary } from '../../../lib/helm/binary';
import { renderReleases } from '../../../lib/helm/render';
import { firstDifference, mayChange } from '../../../lib/helm/stability';
import type { HelmChartPin } from '../../../lib/helm/release';
import { configMap, declare, render, writeChart } from '../../support/helm-chart';
import { temporaryFolder } from '../../support/temporary';

const folder = temporaryFolder();
let charts = 0;

/** A chart of somebody else: its archive, as a pin of the platform names it. */
async function archive(name: string, files: Readonly<Record<string, string>>): Promise<HelmChartPin> {
  charts += 1;
  const chart = writeChart(join(folder, String(charts), name), files);
  execFileSync(await helmBinary(), ['package', chart.path, '-d', folder], { stdio: 'ignore' });
  return { ...chart, path: join(folder, `${name}-0.1.0.tgz`), original: true };
}

test('a chart that makes a password is refused by release, object and field, and nothing of it is kept', async () => {
  const chart = await archive('random', {
    'templates/a.yaml': configMap('fixed: a\npassword: {{ randAlphaNum 20 }}'),
  });
  const cache = join(folder, 'random-cache');
  const { confirmed } = await renderReleases(declare(chart).node.root, { cache });
  await expect(confirmed).rejects.toThrow(
    'service/release: random 0.1.0 comes out differently each time ' +
      '(set the value that fixes it, such as an existing Secret): ConfigMap/probe: data.password',
  );
  expect(() => readdirSync(cache)).toThrow('ENOENT');
});

test('a chart that makes a password only if none is given is accepted with one, and kept', async () => {
  const chart = await archive('sometimes', {
    'templates/a.yaml': configMap('password: {{ .Values.password | default (randAlphaNum 20) }}'),
  });
  const cache = join(folder, 'sometimes-cache');
  const release = declare(chart, { values: { password: 'given' } });
  const { confirmed } = await renderReleases(release.node.root, { cache });
  await confirmed;
  await expect(render(release, { cache })).resolves.toEqual({ fromCache: true });
});

const password = '{{- define "password" -}}{{ randAlphaNum 20 }}{{- end -}}';
const subchart = { 'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 0.1.0\n' };
const asked = configMap('a: "1"').replace(/^/, '{{- if .Values.on }}\n').concat('{{- end }}\n');

const unstable: Readonly<Record<string, { files: Readonly<Record<string, string>>; values?: object }>> = {
  'in a helper': {
    files: { 'templates/_helpers.tpl': password, 'templates/a.yaml': configMap('a: {{ include "password" . }}') },
  },
  'in a helper of a helper of a subchart': {
    files: {
      ...subchart,
      'charts/sub/templates/_helpers.tpl': `${password}{{- define "outer" }}{{ template "password" . }}{{ end }}`,
      'templates/a.yaml': configMap('a: {{ include "outer" . | quote }}'),
    },
  },
  'in a template of a subchart': {
    files: { ...subchart, 'charts/sub/templates/a.yaml': configMap('a: {{ uuidv4 }}') },
  },
  'in another template, for a checksum': {
    files: {
      'templates/_secret.yaml': configMap('a: {{ randAlphaNum 20 }}'),
      'templates/a.yaml': configMap('a: {{ include (print $.Template.BasePath "/_secret.yaml") . | sha256sum }}'),
    },
  },
  'under a name that is put together': {
    files: {
      'templates/_helpers.tpl': password,
      'templates/a.yaml': configMap('a: {{ include (printf "pass%s" "word") . }}'),
    },
  },
  'in a default value that is a template': {
    files: { 'values.yaml': 'a: "{{ randAlphaNum 20 }}"', 'templates/a.yaml': configMap('a: {{ tpl .Values.a . }}') },
  },
  'in a given value that is a template': {
    files: {
      'templates/_helpers.tpl': '{{ define "value" }}{{ tpl .value .context }}{{ end }}',
      'templates/a.yaml': configMap('a: {{ include "value" (dict "value" .Values.a "context" $) }}'),
    },
    values: { a: '{{ randAlphaNum 20 }}' },
  },
  'in a helper that a given value includes': {
    files: { 'templates/_helpers.tpl': password, 'templates/a.yaml': configMap('a: {{ tpl .Values.a . }}') },
    values: { a: '{{ include "password" . }}' },
  },
  'in a template within a template': {
    files: { 'templates/a.yaml': configMap('a: {{ tpl "{{ randAlphaNum 20 }}" . }}') },
  },
  'in a template that is put together': {
    files: { 'templates/a.yaml': configMap('a: {{ tpl (print "{{" .Values.call "}}") . }}') },
    values: { call: 'randAlphaNum 20' },
  },
  'in a file that is a template': {
    files: { 'a.txt': '{{ randAlphaNum 20 }}', 'templates/a.yaml': configMap('a: {{ tpl (.Files.Get "a.txt") . }}') },
  },
  'where no such object was found in the cluster': {
    files: {
      'templates/a.yaml': configMap('a: {{ (lookup "v1" "Secret" "a" "b").data | default (randAlphaNum 20) }}'),
    },
  },
  'in a template that gives no object, by way of the values': {
    files: {
      'templates/z.yaml': '{{ $_ := set .Values "a" (randAlphaNum 20) }}',
      'templates/a.yaml': configMap('a: {{ .Values.a }}'),
    },
  },
  'in the notes, by way of the values': {
    files: {
      'templates/NOTES.txt': '{{ $_ := set .Values "a" (randAlphaNum 20) }}Thank you.',
      'templates/A.yaml': configMap('a: {{ .Values.a }}'),
    },
  },
  'in a test, by way of the values': {
    files: {
      'templates/z.yaml': `${configMap('a: "1"').replace('  name', '  annotations: {helm.sh/hook: test}\n  name')}{{ $_ := set .Values "a" (randAlphaNum 20) }}`,
      'templates/a.yaml': configMap('a: {{ .Values.a }}'),
    },
  },
};

test.each(Object.entries(unstable))('a random call %s is found', async (_, { files, values = {} }) => {
  const chart = await archive('reached', files);
  const { confirmed } = await renderReleases(declare(chart, { values }).node.root, { cache: join(folder, 'none') });
  await expect(confirmed).rejects.toThrow('reached 0.1.0 comes out differently each time');
});

/** What one template of a chart that nothing else is in can have changed, after it gave an object or none. */
const mayChangeIn = async (template: string, rendering: string): Promise<boolean> =>
  mayChange((await archive('looked-at', { 'templates/a.yaml': template })).path, rendering, {});

const gaveAnObject = `---\n# Source: looked-at/templates/a.yaml\n${configMap('a: "1"')}`;

test.each([
  ['{{ randAlphaNum 10 }}', true],
  ['{{ $ca := genCA "ca" 365 }}{{ $ca.Cert }}', true],
  ['{{ $a := "" }}{{ if .Values.on }}{{ $a = uuidv4 }}{{ end }}{{ $b := $a | quote }}{{ $b }}', true],
  ['{{ $a := uuidv4 }}{{ if $a }}{{ end }}', true],
  ['{{ $a := set .Values "a" uuidv4 }}', true],
  ['{{ define "kept" }}{{ set . "a" .b }}{{ end }}{{ $_ := include "kept" (dict "b" uuidv4) }}', true],
  ['{{ define "made" }}{{ set .Values "a" uuidv4 }}{{ end }}{{ $_ := include "made" . }}', true],
  ['{{ printf "%p" .Values }}', true],
  ['{{ include (print $.Template.BasePath "/missing.yaml") . }}', true],
  ['{{- $ca := genCA "ca" 365 -}}', false],
  ['{{ printf "%s" (uuidv4) }}', true],
  ['{{ now | date "2006" }}', true],
  ['{{ .Values.map | keys | join "," }}', true],
  ['{{ range (keys .Values.map) }}{{ end }}', true],
  ['{{ "}}" }}{{ randAlphaNum 10 }}', true],
  ['{{ include "defined elsewhere" . }}', true],
  ['{{ .Values.generate }} random now', false],
  ['{{ .Values.randomly }}{{ dict "values" .Values.values | toYaml }}', false],
  ['{{/* randAlphaNum 10 }} */}}{{ print "randAlphaNum" $now }}', false],
  ['{{ if contains "{{" .Values.a }}{{ tpl .Values.a . }}{{ end }}', false],
  ['{{ define "unused" }}{{ randAlphaNum 10 }}{{ end }}', false],
])('%s may change what a template gives: %s', async (action, expected) => {
  await expect(mayChangeIn(`${configMap('a: "1"')}${action}\n`, gaveAnObject)).resolves.toBe(expected);
});

test.each([
  ['inside of an object that was not written', false, `{{ if .Values.on }}\n${configMap('a: {{ uuidv4 }}')}{{ end }}`],
  ['in front of it', false, `{{ if .Values.on }}{{ $a := uuidv4 }}\n${configMap('a: {{ $a }}')}{{ end }}`],
  ['in a condition within it', false, asked.replace('data:', 'data: {{ if uuidv4 }}{{ end }}')],
  ['in the condition of it', true, asked.replace('.Values.on', 'eq 1 (randInt 0 2)')],
  ['in the condition of another one', true, asked.replace('{{- end }}', '{{ else if uuidv4 }}{{ end }}')],
  [
    'that fills a variable for it',
    false,
    `{{ $a := uuidv4 }}{{ if .Values.on }}\n${configMap('a: {{ $a }}')}{{ end }}`,
  ],
  [
    'that fills a variable for more than it',
    true,
    `{{ $a := uuidv4 }}{{ if .Values.on }}\n${configMap('a: {{ $a }}')}{{ end }}{{ $a }}`,
  ],
  ['beside it', true, `${asked}{{ $_ := set .Values "a" uuidv4 }}`],
])('a template that gives nothing, with a call %s, may change: %s', async (_, expected, template) => {
  await expect(mayChangeIn(template, '')).resolves.toBe(expected);
});

test.each([
  ['{{ include (print $.Template.BasePath "/secret.yaml") . }}', false],
  ['{{ include (print $.Template.BasePath "/secret.yaml") $ | sha256sum }}', false],
  ['{{ include (print $.Template.BasePath "/secret.yaml") (dict "Values" (dict "on" true)) }}', true],
  ['{{ range .Values.all }}{{ include (print $.Template.BasePath "/secret.yaml") . }}{{ end }}', true],
  ['{{ define "a" }}{{ include (print .base "/secret.yaml") $ }}{{ end }}{{ include "a" (dict "base" "b") }}', true],
])('%s of a template that would give a random object, but gave none, may change: %s', async (call, expected) => {
  const files = {
    'templates/a.yaml': configMap(`a: ${call}`),
    'templates/secret.yaml': asked.replace('"1"', '{{ uuidv4 }}'),
  };
  expect(mayChange((await archive('looked-at', files)).path, gaveAnObject, {})).toBe(expected);
});

test('what cannot be looked into may change', async () => {
  const { path } = await archive('plain', { 'templates/a.yaml': configMap('a: "1"') });
  expect(mayChange(path, '', {})).toBe(false);
  expect(mayChange(path, '\n# Source: plain/charts/alias/templates/a.yaml\n', {})).toBe(true);
  expect(mayChange(join(folder, '1'), '', {})).toBe(true);
  const tar = (chart: string): string => {
    const file = join(folder, `${chart}.tgz`);
    execFileSync('tar', ['--create', '--gzip', '--format', 'ustar', '--file', file, '--directory', folder, chart]);
    return file;
  };
  writeChart(join(folder, 'nested'), { 'templates/a.yaml': configMap('a: "1"') });
  expect(mayChange(tar('nested'), '', {})).toBe(false);
  symlinkSync('a.yaml', join(folder, 'nested/templates/b.yaml'));
  expect(mayChange(tar('nested'), '', {})).toBe(true);
  rmSync(join(folder, 'nested/templates/b.yaml'));
  mkdirSync(join(folder, 'nested/charts'));
  copyFileSync(path, join(folder, 'nested/charts/plain-0.1.0.tgz'));
  expect(mayChange(tar('nested'), '', {})).toBe(true);
});

test('two renderings are the same if they have the same documents in any order', () => {
  const one = configMap('a: "1"');
  const other = one.replace('probe', 'other');
  expect(firstDifference(`---\n${one}---\n${other}`, `---\n${other}---\n${one}`)).toBeUndefined();
  expect(firstDifference(`---\n${one}`, `---\n${one}---\n${other}`)).toBe('ConfigMap/other is only sometimes there');
  expect(firstDifference(`---\n${one}---\n${other}`, `---\n${one}`)).toBe('ConfigMap/other is only sometimes there');
});
