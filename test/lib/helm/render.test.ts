import { App, Chart } from 'cdk8s';
import { execFileSync } from 'node:child_process';
import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HelmRelease } from '../../../lib/helm/release';
import { limits } from '../../../lib/helm/limits';
import { renderReleases } from '../../../lib/helm/render';
import { configMap, declare, writeChart } from '../../support/helm-chart';
import { temporaryFolder, writeFiles } from '../../support/temporary';

const folder = temporaryFolder();
const cache = join(folder, 'cache');

const rendered = async (release: HelmRelease) => {
  await renderReleases(release.node.root, { cache });
  return release.objects;
};

/** Stands in for helm: does whatever the script says, whatever it is asked. */
function fakeHelm(name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

const failure = async (helm: string, release = declare(plain)): Promise<string> => {
  const error: unknown = await renderReleases(release.node.root, { cache: join(folder, 'unused'), helm }).catch(
    (thrown: unknown) => thrown,
  );
  return (error as Error).message;
};

const plain = writeChart(join(folder, 'plain'), { 'templates/a.yaml': configMap('a: "1"') });

test('a release needs a chart with a namespace', () => {
  expect(() => new HelmRelease(new Chart(new App(), 'service'), 'release', declare(plain).props)).toThrow(
    'service/release: a Helm release needs a chart with a namespace',
  );
});

test('the objects of a release are available only after it is rendered', async () => {
  const release = declare(plain);
  expect(() => release.objects).toThrow('service/release: not rendered yet, call renderReleases first');
  await renderReleases(release.node.root, { cache });
  expect(release.objects).toEqual([
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'probe', namespace: 'space' }, data: { a: '1' } },
  ]);
});

test('values reach the templates with their types', async () => {
  const chart = writeChart(join(folder, 'values'), {
    'templates/a.yaml': configMap('json: {{ .Values | toJson | quote }}'),
  });
  const values = { text: ['yes', '0755', '1e3', 'null', ''], number: 0.1, flag: false, nested: { list: [] } };
  const [object] = await rendered(declare(chart, { values }));
  expect(JSON.parse((object?.data as { json: string }).json)).toEqual(values);
});

test('templates see the given Kubernetes version and APIs', async () => {
  const chart = writeChart(join(folder, 'capabilities'), {
    'templates/a.yaml': configMap(
      [
        'version: {{ .Capabilities.KubeVersion.Version }}',
        'monitoring: {{ .Capabilities.APIVersions.Has "monitoring.coreos.com/v1" | quote }}',
        'widget: {{ .Capabilities.APIVersions.Has "example.org/v1/Widget" | quote }}',
        'batch: {{ .Capabilities.APIVersions.Has "batch/v1" | quote }}',
      ].join('\n'),
    ),
  });
  const apiVersions = ['monitoring.coreos.com/v1', 'example.org/v1/Widget'];
  const [without] = await rendered(declare(chart, { kubernetesVersion: '1.32' }));
  const [having] = await rendered(declare(chart, { kubernetesVersion: '1.33', apiVersions }));
  expect(without?.data).toEqual({ version: 'v1.32', monitoring: 'false', widget: 'false', batch: 'true' });
  expect(having?.data).toEqual({ version: 'v1.33', monitoring: 'true', widget: 'true', batch: 'true' });
});

test('definitions are part of a rendering, tests are not, and other hooks are ordinary objects', async () => {
  const hooked = (name: string, hook: string) =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, annotations: {helm.sh/hook: "${hook}"}}\n`;
  const chart = writeChart(join(folder, 'hooks'), {
    'crds/widget.yaml':
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.org}\n' +
      'spec: {group: example.org, scope: Cluster, names: {kind: Widget}}\n',
    'templates/test.yaml': hooked('checks', 'test'),
    'templates/before.yaml': hooked('before', 'pre-install,pre-upgrade'),
    'templates/widget.yaml': 'apiVersion: example.org/v1\nkind: Widget\nmetadata: {name: one, namespace: space}\n',
  });
  const objects = await rendered(declare(chart));
  expect(objects.map(({ kind, metadata }) => ({ kind, ...metadata }))).toEqual([
    { kind: 'CustomResourceDefinition', name: 'widgets.example.org' },
    { kind: 'Widget', name: 'one' },
    { kind: 'Pod', name: 'before', namespace: 'space' },
  ]);
});

test("the caller's settings for helm and kubectl reach no template", async () => {
  const chart = writeChart(join(folder, 'settings'), {
    'templates/a.yaml': configMap('namespace: {{ .Release.Namespace }}\nversion: {{ .Capabilities.KubeVersion }}'),
  });
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(
    kubeconfig,
    'apiVersion: v1\nkind: Config\ncurrent-context: x\ncontexts: [{name: x, context: {namespace: other}}]',
  );
  const nonsense = {
    HELM_NAMESPACE: 'other',
    HELM_DEBUG: 'true',
    HELM_KUBECONTEXT: 'nowhere',
    HELM_KUBEAPISERVER: 'https://192.0.2.1',
    // Helm would say that it cannot load it.
    HELM_PLUGINS: writeFiles(join(folder, 'plugins'), { 'broken/plugin.yaml': 'name: [' }),
    KUBECONFIG: kubeconfig,
  };
  const before = { ...process.env };
  const warnings: string[] = [];
  try {
    Object.assign(process.env, nonsense);
    const release = declare(chart);
    await renderReleases(release.node.root, { cache, onWarning: (_, text) => warnings.push(text) });
    expect(release.objects[0]?.data).toEqual({ namespace: 'space', version: 'v1.35' });
    expect(warnings).toEqual([]);
  } finally {
    process.env = before;
  }
});

test('the warnings of helm are passed on, except about links in a chart', async () => {
  const chart = writeChart(join(folder, 'talkative'), {
    'Chart.yaml': 'apiVersion: v2\nname: talkative\nversion: 0.1.0\ndeprecated: true\n',
    'templates/a.yaml': configMap('a: "1"'),
  });
  symlinkSync(join(plain.path, 'templates/a.yaml'), join(chart.path, 'linked.txt'));
  const warnings: string[] = [];
  const release = declare(chart);
  await renderReleases(release.node.root, { cache, onWarning: (_, text) => warnings.push(text) });
  expect(warnings).toEqual([expect.stringContaining('deprecated')]);
  expect(warnings[0]).not.toContain('linked.txt');
});

test('the same tree renders to the same objects, fresh or from the cache', async () => {
  const chart = writeChart(join(folder, 'numbers'), {
    'templates/a.yaml':
      'apiVersion: v1\nkind: Widget\nmetadata: {name: x}\nspec: {a: 0755, b: yes, c: 1e3, d: 2001-01-01, 9: z, 1: w}\n',
  });
  const fresh = await rendered(declare(chart));
  const cached = await rendered(declare(chart));
  expect(JSON.stringify(cached)).toBe(JSON.stringify(fresh));
  expect(fresh[0]?.spec).toEqual({ a: 493, b: true, c: 1000, d: '2001-01-01', 9: 'z', 1: 'w' });
});

test('every release that fails is reported at once, in the order of the tree', async () => {
  const app = new App();
  const add = (service: string, template: string): void => {
    const chart = writeChart(join(folder, `broken ${service}`), { 'templates/a.yaml': template });
    const parent = new Chart(app, service, { namespace: 'space' });
    new HelmRelease(parent, 'release', {
      ...declare(chart).props,
      releaseName: `my-${service}`,
      values: { key: "it's" },
    });
  };
  add('zoo', '{{ fail "no animals" }}');
  add('good', configMap('a: "1"'));
  add('bar', configMap('a: {{ .Values.nothing.deeper }}'));
  add('syntax', '{{ if }}');
  add('odd', 'a: 1');
  const missing = { name: 'gone', version: '1.2.3', path: join(folder, 'nowhere') };
  new HelmRelease(new Chart(app, 'lost', { namespace: 'space' }), 'release', { ...declare(missing).props });

  const error: unknown = await renderReleases(app, { cache }).catch((thrown: unknown) => thrown);
  const message = (error as Error).message;
  expect(message.match(/^\S.*$/gm)).toEqual([
    'zoo/release: helm could not render broken zoo 0.1.0 (release "my-zoo"):',
    'bar/release: helm could not render broken bar 0.1.0 (release "my-bar"):',
    'syntax/release: helm could not render broken syntax 0.1.0 (release "my-syntax"):',
    'odd/release: helm could not render broken odd 0.1.0 (release "my-odd"):',
    'lost/release: helm could not render gone 1.2.3 (release "demo"):',
  ]);
  expect(message).toContain('no animals');
  expect(message).toMatch(/nil pointer evaluating .*deeper/);
  expect(message).toContain('missing value for if');
  expect(message).toContain('not a Kubernetes object: {"a":1}');
  expect(message).toMatch(/no such file or directory.*nowhere/);

  const command = /To see it by hand: (.*)/.exec(message)?.[1] ?? '';
  expect(() => execFileSync('sh', ['-c', command], { stdio: 'pipe' })).toThrow('no animals');
});

test('a helm that crashes, is killed or is missing is reported', async () => {
  expect(await failure(fakeHelm('crash', 'echo first; echo second >&2; exit 3'))).toContain('  second\n');
  expect(await failure(fakeHelm('silent', 'exit 3'))).toContain('helm ended with exit code 3 and said nothing');
  expect(await failure(fakeHelm('killed', 'kill -9 $$'))).toContain('helm ended with SIGKILL and said nothing');
  expect(await failure(join(folder, 'absent'))).toMatch(/absent( ENOENT|: not found)/);
  const large = declare(plain, { values: { text: 'x'.repeat(5_000_000) } });
  expect(await failure(fakeHelm('deaf', 'exit 4'), large)).toContain('exit code 4');
});

test('a helm that prints 50 MB is stopped, and its errors are cut', async () => {
  const filler = (megabytes: number): string => `head -c ${megabytes}000000 /dev/zero | tr "\\0" "#"`;
  for (const target of ['1', '2']) {
    const endless = fakeHelm('endless', `${filler(50)} >&${target}; exec sleep 60`);
    expect(await failure(endless)).toContain('  helm printed more than 16 MB and was stopped\n');
  }
  expect((await failure(fakeHelm('shouting', `${filler(5)} >&2; exit 1`))).length).toBeLessThan(6000);
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('a helm whose memory grows, because a template doubles a text, is stopped', async () => {
  const doubling = '{{ $s := "xxxxxxxx" }}{{ range until 60 }}{{ $s = printf "%s%s" $s $s }}{{ end }}a: {{ $s }}\n';
  const chart = writeChart(join(folder, 'doubling'), { 'templates/a.yaml': doubling });
  const options = { cache: join(folder, 'unused'), limits: { ...limits, megabytes: 1_500 } };
  const error = await renderReleases(declare(chart).node.root, options).catch((thrown: unknown) => thrown);
  expect((error as Error).message).toContain('  helm took more than 1500 MB of memory and was stopped\n');
  expect((error as Error).message).not.toContain('goroutine');
});

test('a helm that does not end, because a template loops, is stopped', async () => {
  const looping = fakeHelm('looping', 'while :; do :; done');
  const options = { cache: join(folder, 'unused'), helm: looping, limits: { ...limits, seconds: 0.1 } };
  await expect(renderReleases(declare(plain).node.root, options)).rejects.toThrow(
    '  helm did not end within 0.1 seconds and was stopped\n',
  );
});

test('a helm that prints no YAML is reported with the line', async () => {
  expect(await failure(fakeHelm('rubbish', 'printf "a: b\\nc: [\\n"'))).toMatch(/service\/release: .*\n.*\(3:1\)/);
});

test('values that cannot be kept in the cache are kept elsewhere for the command to run by hand', async () => {
  writeFiles(folder, { 'a-file': '' });
  const release = declare(plain, { values: { key: 'value' } });
  const error: unknown = await renderReleases(release.node.root, {
    cache: join(folder, 'a-file/cache'),
    helm: fakeHelm('failing', 'exit 1'),
  }).catch((thrown: unknown) => thrown);
  const file = /--values (\S+)$/.exec((error as Error).message)?.[1] ?? '';
  expect(execFileSync('cat', [file]).toString()).toBe('{"key":"value"}');
  execFileSync('rm', ['-r', join(file, '..')]);
});
