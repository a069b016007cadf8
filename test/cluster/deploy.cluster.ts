import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { writeYaml } from '../../lib/helm/yaml';
import type { KubernetesObject } from '../../lib/kubernetes-object';
import { platformLabel } from '../../lib/output/collect';
import { projectRoot } from '../../lib/project';
import { ControlPlane } from './control-plane';
import { FakeKubelet } from './fake-kubelet';
import { synthesizeTo } from './platform';
import { kubernetesVersions } from './tools';
import { eventually } from './workspace';

interface Result {
  readonly code: number | null;
  /** Both streams, in the order in which they were written. */
  readonly text: string;
}

interface Running {
  readonly child: ChildProcess;
  readonly text: () => string;
  readonly end: Promise<Result>;
}

/** Starts what `npm run deploy` starts. */
function start(kubeconfig: string, args: readonly string[]): Running {
  const program = ['--require', 'tsx/cjs', join(projectRoot, 'cli/deploy.ts')];
  const child = spawn(process.execPath, [...program, '--kubeconfig', kubeconfig, ...args], {
    cwd: projectRoot,
    env: { ...process.env, NO_COLOR: '1', KUBECONFIG: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const end = new Promise<Result>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, text }));
  });
  return { child, text: () => text, end };
}

/** An object of a small platform. */
function object(apiVersion: string, kind: string, name: string, fields: object = {}, namespace?: string): KubernetesObject {
  const metadata = { name, namespace, labels: { [platformLabel]: 'small' } };
  return { apiVersion, kind, metadata: JSON.parse(JSON.stringify(metadata)) as KubernetesObject['metadata'], ...fields };
}

const namespace = (name: string): KubernetesObject => object('v1', 'Namespace', name);
const configMap = (place: string, name: string, data: object = { key: 'value' }): KubernetesObject =>
  object('v1', 'ConfigMap', name, { data }, place);
const claim = (place: string, name: string, storage = '1Gi'): KubernetesObject =>
  object('v1', 'PersistentVolumeClaim', name, { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } } }, place);
function workload(kind: 'Deployment' | 'StatefulSet', place: string, name: string, spec: object = {}, app = name): KubernetesObject {
  const labels = { app };
  const containers = [{ name: 'main', image: 'registry.example.org/none:1' }];
  const template = { metadata: { labels }, spec: { containers } };
  return object('apps/v1', kind, name, { spec: { replicas: 1, selector: { matchLabels: labels }, template, ...spec } }, place);
}

type Files = Readonly<Record<string, readonly KubernetesObject[]>>;

/** Writes the manifests of a small platform. */
function write(folder: string, files: Files): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, objects] of Object.entries(files)) {
    writeFileSync(join(folder, name), objects.map(writeYaml).join('---\n'));
  }
  return folder;
}

const lockPath = '/apis/coordination.k8s.io/v1/namespaces/default/leases';

describe('the whole platform', () => {
  const version = kubernetesVersions.at(-1) ?? '1.36';
  let cluster: ControlPlane;
  let dist: string;
  let kubelet: FakeKubelet;
  const deploy = (...args: string[]): Promise<Result> => start(cluster.kubeconfig, ['--out', dist, ...args]).end;

  beforeAll(async () => {
    cluster = await ControlPlane.start({ version, users: { alice: ['data-scientists'] } });
    kubelet = new FakeKubelet(cluster);
    const config = {
      cluster: { externalHost: '192.0.2.10' },
      size: { profile: 'laptop' },
      models: [{ name: 'creditcard', server: 'mlflow', uri: 's3://models/creditcard/1', drift: {} }],
    } as const;
    ({ folder: dist } = await synthesizeTo(cluster.path('dist'), config));
  });
  afterAll(async () => {
    await kubelet.stop();
    await cluster.stop();
  });

  test('a dry run on an empty cluster says what would be made and what cannot be checked yet, and makes nothing', async () => {
    const { code, text } = await deploy('--dry-run');
    expect(text).toContain('+ Namespace/mlops-kafka');
    expect(text).toMatch(/SeldonDeployment\/mlops-models\/creditcard \(not checked: needs CustomResourceDefinition\/\S+, which is not there/);
    expect(code).toBe(0);
    const { items } = await cluster.json<{ items: object[] }>('get', 'namespaces,leases,clusterroles', '-l', platformLabel, '-A');
    expect(items).toEqual([]);
  });

  test('a user without rights is told all that he lacks, before anything is written', async () => {
    const { code, text } = await start(cluster.userKubeconfig('alice'), ['--out', dist]).end;
    expect(code).toBe(1);
    expect(text).toContain('Nothing was changed');
    expect(text).toMatch(/create, get, patch deployments\.apps in .*mlops-mlflow/);
    expect(text).toMatch(/create, get, patch customresourcedefinitions\.apiextensions\.k8s\.io\n/);
    const writes = cluster.requests().filter(({ user, verb, uri }) => user === 'alice' && verb !== 'get' && !uri.includes('selfsubject'));
    expect(writes).toEqual([]);
  });

  test('--only says what must be there already', async () => {
    const { code, text } = await deploy('--only', 'kafka');
    expect(code).toBe(1);
    expect(text).toContain('needs Namespace/mlops-kafka, which is not there (it is in 00-namespaces.yaml: deploy once without --only)');
  });

  test('what has nobody to judge it waits until the time is over, with the reason, and the rest is applied', async () => {
    const { code, text } = await deploy('--timeout', '10s');
    expect(code).toBe(1);
    expect(text).toContain('60-monitors.yaml  ');
    expect(text).toMatch(/The time is over\.\n\s+SeldonDeployment\/mlops-models\/creditcard: is judged by Deployment\/mlops-seldon\/seldon-controller-manager: 0 of 1 pods/);
    expect(text).toContain('Gateway/istio-system/seldon-gateway: is judged by Deployment/istio-system/istiod');
  });

  test('a rerun finishes, and with --wait comes back when every workload is ready', async () => {
    kubelet.start();
    const { code, text } = await deploy('--wait', '--timeout', '90s');
    expect(text).toContain('00-namespaces.yaml  10 unchanged');
    expect(text).toContain('60-models.yaml  1 created');
    expect(text).toContain('everything is ready');
    expect(code).toBe(0);
  });

  test('one more changes nothing, not even after istiod has filled in its webhook', async () => {
    const patch = JSON.stringify([{ op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Fail' }]);
    await cluster.kubectl(['patch', 'validatingwebhookconfiguration', 'istiod-default-validator', '--type=json', '-p', patch]);
    const { code, text } = await deploy();
    expect(code).toBe(0);
    expect(text).not.toMatch(/created|changed(?<!unchanged)/);
    const { webhooks } = await cluster.json<{ webhooks: { failurePolicy: string }[] }>('get', 'validatingwebhookconfiguration', 'istiod-default-validator');
    expect(webhooks[0]?.failurePolicy).toBe('Fail');
    const back = JSON.stringify([{ op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' }]);
    await cluster.kubectl(['patch', 'validatingwebhookconfiguration', 'istiod-default-validator', '--type=json', '-p', back]);
  });

  test('a dry run shows which fields would change', async () => {
    await cluster.kubectl(['patch', 'service', 'kafka', '-n', 'mlops-kafka', '--type=merge', '--field-manager=mlops-infra', '-p', '{"metadata":{"labels":{"app.kubernetes.io/part-of":"other"}}}']);
    const { code, text } = await deploy('--dry-run', '--only', 'kafka');
    expect(text).toContain('someone');
    expect(code).toBe(1);
  });

  test('leaves no lock behind', async () => {
    const { items } = await cluster.json<{ items: object[] }>('get', 'leases', '-n', 'default');
    expect(items).toEqual([]);
  });
});
