import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { helmBinary } from '../../../lib/helm/binary';
import { renderReleases } from '../../../lib/helm/render';
import { firstDifference } from '../../../lib/helm/stability';
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

const unstable: Readonly<Record<string, { files: Readonly<Record<string, string>>; values?: object }>> = {
  'in a helper': {
    files: { 'templates/_helpers.tpl': password, 'templates/a.yaml': configMap('a: {{ include "password" . }}') },
  },
  'in another template, for a checksum': {
    files: {
      'templates/_secret.yaml': configMap('a: {{ randAlphaNum 20 }}'),
      'templates/a.yaml': configMap('a: {{ include (print $.Template.BasePath "/_secret.yaml") . | sha256sum }}'),
    },
  },
  'in a given value that is a template': {
    files: {
      'templates/_helpers.tpl': '{{ define "value" }}{{ tpl .value .context }}{{ end }}',
      'templates/a.yaml': configMap('a: {{ include "value" (dict "value" .Values.a "context" $) }}'),
    },
    values: { a: '{{ randAlphaNum 20 }}' },
  },
  'where no such object was found in the cluster': {
    files: {
      'templates/a.yaml': configMap('a: {{ (lookup "v1" "Secret" "a" "b").data | default (randAlphaNum 20) }}'),
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

test('a chart that was stable with the same values is rendered once, and twice with other values', async () => {
  const chart = await archive('proven', { 'templates/a.yaml': configMap('a: {{ .Values.a }}') });
  const calls = join(folder, 'calls');
  const helm = join(folder, 'counting-helm');
  writeFileSync(helm, `#!/bin/sh\necho call >>'${calls}'\nexec '${await helmBinary()}' "$@"\n`, { mode: 0o755 });
  const cache = join(folder, 'proven-cache');
  const callsFor = async (a: string): Promise<number> => {
    rmSync(cache, { recursive: true, force: true });
    writeFileSync(calls, '');
    await (
      await renderReleases(declare(chart, { values: { a } }).node.root, { cache, helm })
    ).confirmed;
    return readFileSync(calls, 'utf8').split('\n').length - 1;
  };
  expect([await callsFor('x'), await callsFor('x'), await callsFor('z')]).toEqual([2, 1, 2]);
});

test('two renderings are the same if they have the same documents in any order', () => {
  const one = configMap('a: "1"');
  const other = one.replace('probe', 'other');
  expect(firstDifference(`---\n${one}---\n${other}`, `---\n${other}---\n${one}`)).toBeUndefined();
  expect(firstDifference(`---\n${one}`, `---\n${one}---\n${other}`)).toBe('ConfigMap/other is only sometimes there');
  expect(firstDifference(`---\n${one}---\n${other}`, `---\n${one}`)).toBe('ConfigMap/other is only sometimes there');
});
