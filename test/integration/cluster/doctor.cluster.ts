import { platformFacts } from '../../../charts/catalog';
import { parseConfig, type Config } from '../../../charts/config';
import { diagnoseCluster } from '../../../cluster/doctor/doctor';
import type { Finding } from '../../../cluster/doctor/finding';
import { platformOf, type Platform } from '../../../cluster/doctor/platform';
import { platformLabel } from '../../../lib/output/collect';
import { isCrd, type KubernetesObject } from '../../../lib/kubernetes/object';
import { synthesize } from '../../../charts/synthesize';
import { run, writeConfig } from '../../support/cli';
import type { Loose } from '../../support/config';
import { ControlPlane } from './control-plane';
import { newestVersion } from './tools';

const address = '192.0.2.7';
const base: Config = {
  cluster: { externalHost: address },
  size: { profile: 'laptop' },
  models: [
    {
      name: 'creditcard',
      server: 'mlflow',
      uri: 's3://models/creditcard/1',
      drift: { registeredModel: { name: 'creditcard', version: 1 } },
    },
  ],
};

const platformWith = async (keys: object = {}): Promise<Platform> => {
  const config = parseConfig({ ...base, ...keys });
  return platformOf(config, await synthesize(config), platformFacts);
};

const doctor = (kubeconfig: string, ...args: string[]) =>
  run(process.execPath, ['--require', 'tsx/cjs', 'cli/doctor.ts', '--kubeconfig', kubeconfig, ...args], {
    env: { NO_COLOR: '1', KUBECONFIG: undefined },
  });

// The tests follow one another on one cluster, which begins empty and is made fit step by step.
describe('the doctor', () => {
  let cluster: ControlPlane;
  let platform: Platform;

  beforeAll(async () => {
    cluster = await ControlPlane.start({ version: newestVersion, users: { alice: ['data-scientists'] } });
    platform = await platformWith();
  });
  afterAll(() => cluster.stop());

  const kubectl = async (args: readonly string[], input?: object): Promise<void> => {
    const { code, stderr } = await cluster.kubectl(args, { input: input && JSON.stringify(input) });
    expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: expect.anything() });
  };
  const create = (object: object): Promise<void> => kubectl(['create', '-f', '-'], object);
  const remove = (...args: string[]): Promise<void> => kubectl(['delete', ...args]);

  const findings = async (of = platform, kubeconfig = cluster.kubeconfig): Promise<readonly Finding[]> =>
    (await diagnoseCluster({ kubeconfig }, of)).findings;
  /** What is said about a subject: the severity, the text and the remedy of each finding. */
  const said = async (subject: string, of = platform): Promise<string[]> =>
    (await findings(of))
      .filter((finding) => finding.subject === subject)
      .map(({ severity, text, ...rest }) => [severity, text, ...('remedy' in rest ? [rest.remedy] : [])].join(' | '));

  test('an empty cluster lacks nodes and a storage class, and the command ends with 1', async () => {
    const file = writeConfig(cluster.path('config.cjs'), base);
    const { code, stdout } = await doctor(cluster.kubeconfig, '--config', file);
    expect(stdout).toContain('✗ capacity: the cluster has no nodes');
    expect(stdout).toContain('✗ storage: no StorageClass is the default');
    expect(code).toBe(1);
  });

  test('a storage class that is the default is enough, two are doubtful, and a named one must be there', async () => {
    const storageClass = (name: string, isDefault: boolean): object => ({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name, annotations: { 'storageclass.kubernetes.io/is-default-class': String(isDefault) } },
      provisioner: 'example.org/disks',
    });
    await create(storageClass('slow', false));
    expect(await said('storage')).toEqual([expect.stringMatching(/^problem \| .*there is slow.*storageClass: 'slow'/)]);
    await create(storageClass('standard', true));
    expect(await said('storage')).toEqual([expect.stringMatching(/^ok \| .*standard, the default class/)]);
    await create(storageClass('fast', true));
    expect(await said('storage')).toEqual([expect.stringMatching(/^warning \| several .*fast, standard/)]);
    await remove('storageclass', 'fast');
    const named = await platformWith({ cluster: { externalHost: address, storageClass: 'gone' } });
    expect(await said('storage', named)).toEqual([expect.stringContaining('problem | there is no StorageClass gone')]);
  });

  const addNode = async (name: string, cpu: string, memory: string, architecture = 'amd64'): Promise<void> => {
    await create({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
    const status = {
      ...{ allocatable: { cpu, memory, pods: '110' }, capacity: { cpu, memory, pods: '110' } },
      conditions: [{ type: 'Ready', status: 'True' }],
      addresses: [{ type: 'InternalIP', address: name === 'a' ? address : '192.0.2.8' }],
      nodeInfo: {
        ...{ architecture, operatingSystem: 'linux', machineID: '', systemUUID: '', bootID: '', kernelVersion: '' },
        ...{ osImage: '', containerRuntimeVersion: '', kubeletVersion: '', kubeProxyVersion: '' },
      },
    };
    await kubectl(['patch', 'node', name, '--subresource=status', '--type=merge', '-p', JSON.stringify({ status })]);
  };
  const untaint = (name: string): Promise<void> =>
    kubectl(['patch', 'node', name, '--type=merge', '-p', '{"spec":{"taints":[]}}']);

  test('nodes must take pods, be large enough each and together, and be of an architecture that the images have', async () => {
    await addNode('a', '500m', '100Mi');
    expect(await said('capacity')).toEqual([expect.stringContaining('a has the taint node.kubernetes.io/not-ready')]);
    await untaint('a');
    expect(await said('capacity')).toContainEqual(
      expect.stringMatching(/^problem \| a pod of \S+ asks for .* has left is 0\.\d+ CPU/),
    );
    expect(await said('addresses')).toEqual([`ok | cluster.externalHost, ${address}, is an address of a node`]);
    await remove('node', 'a');
    await addNode('a', '1', '3Gi');
    await untaint('a');
    expect(await said('capacity')).toEqual([
      expect.stringMatching(
        /^problem \| the platform asks for .*; 1 node has .* left \| add nodes, or choose a smaller/,
      ),
    ]);
    await addNode('b', '16', '64Gi', 'arm64');
    await untaint('b');
    expect(await said('architectures')).toEqual([
      expect.stringMatching(/^warning \| some nodes are arm64, .*seldonio\/mlserver/),
    ]);
    await kubectl(['cordon', 'b']);
    await addNode('c', '16', '64Gi');
    await untaint('c');
    expect(await said('capacity')).toEqual([
      expect.stringMatching(/^ok \| .* left on 2 nodes \(not counted: b is cordoned\)/),
    ]);
    expect(await said('architectures')).toEqual([expect.stringMatching(/^ok \| amd64/)]);
    const big = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'big', namespace: 'default' },
      spec: {
        nodeName: 'c',
        automountServiceAccountToken: false,
        containers: [{ name: 'main', image: 'x:1', resources: { requests: { cpu: '15800m', memory: '63Gi' } } }],
      },
    };
    await kubectl(['create', 'serviceaccount', 'default', '--namespace=default']).catch(() => undefined);
    await create(big);
    expect(await said('capacity')).toEqual([expect.stringMatching(/^problem/)]);
    await remove('pod', 'big', '--force', '--grace-period=0');
    expect(await said('capacity')).toEqual([expect.stringMatching(/^ok/)]);
  });

  test('a fit cluster has no problem, and the command ends with 0', async () => {
    expect((await findings()).filter(({ severity }) => severity === 'problem')).toEqual([]);
    const file = writeConfig(cluster.path('config.cjs'), base);
    const { code, stdout } = await doctor(cluster.kubeconfig, '--config', file, '--json');
    const { cluster: name, findings: told } = JSON.parse(stdout);
    expect({ code, name }).toEqual({ code: 0, name: `context test, ${cluster.url}` });
    expect(told).toContainEqual({
      severity: 'ok',
      subject: 'rights',
      text: expect.stringContaining('you may apply all'),
    });
  });

  test('a node port that another Service has is told, with one that is free', async () => {
    const spec = { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] };
    await create({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'shop', namespace: 'default' }, spec });
    expect(await said('node ports')).toEqual([
      expect.stringMatching(
        /^problem \| node port 30080, which Service\/istio-system\/\S+ wants, is that of Service\/default\/shop \| .*such as 30\d{3}/,
      ),
    ]);
    await remove('service', 'shop');
    expect(await said('node ports')).toEqual([expect.stringMatching(/^ok/)]);
  });

  test('another operator is told, with how to use it', async () => {
    const labels = { app: 'istiod' };
    await kubectl(['create', 'namespace', 'mesh']);
    await create({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        name: 'istiod',
        namespace: 'mesh',
        annotations: { 'meta.helm.sh/release-name': 'mesh', 'meta.helm.sh/release-namespace': 'mesh' },
      },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: 'd', image: 'mirror.example.org/istio/pilot:1.24.0' }] },
        },
      },
    });
    expect(await said('operators')).toEqual([
      expect.stringMatching(
        /^problem \| another Istio runs in the cluster: mesh\/istiod \(by Helm release mesh\/mesh\).* \| use it: services: { istio: { external/,
      ),
    ]);
    const external = { services: { istio: { external: { url: 'http://models.example.org' } } } };
    expect(await said('operators', await platformWith(external))).toEqual([expect.stringMatching(/^ok/)]);
    await remove('deployment', 'istiod', '--namespace=mesh');
    expect(await said('operators')).toEqual([expect.stringMatching(/^ok/)]);
  });

  test('what an external service should have defined is missed', async () => {
    const external = await platformWith({ services: { istio: { external: { url: 'http://models.example.org' } } } });
    expect(await said('Kubernetes version', external)).toContainEqual(
      expect.stringMatching(/^problem \| the cluster does not know Gateway of networking\.istio\.io/),
    );
    expect(await said('namespaces', external)).toContainEqual(
      expect.stringMatching(/^problem \| .* in istio-system, and there is no such namespace/),
    );
  });

  const definition = (name: string): KubernetesObject => {
    const found = platform.objects.filter(isCrd).find(({ metadata }) => metadata.name === name);
    if (found === undefined) throw new Error(`the platform has no definition ${name}`);
    return JSON.parse(JSON.stringify({ ...found, metadata: { name } })) as KubernetesObject;
  };

  test('definitions of others are compared with ours: the same, older, newer, and of versions that ours lacks', async () => {
    const name = 'servicemonitors.monitoring.coreos.com';
    const change = async (edit: (spec: Loose) => void): Promise<void> => {
      const other: Loose = definition(name);
      edit(other.spec);
      await create(other);
    };
    await change(() => undefined);
    expect(await said('definitions')).toEqual([
      expect.stringMatching(/^warning \| servicemonitors\S+ \(made by kubectl-create\): is like ours/),
    ]);
    await remove('crd', name);
    await change(({ versions: [v1] }) => delete v1.schema.openAPIV3Schema.properties.spec.properties.sampleLimit);
    expect(await said('definitions')).toEqual([
      expect.stringMatching(/^warning .* is older than ours, which adds spec\.sampleLimit of v1/),
    ]);
    await remove('crd', name);
    await change(
      ({ versions: [v1] }) => (v1.schema.openAPIV3Schema.properties.spec.properties.extra = { type: 'string' }),
    );
    expect(await said('definitions')).toEqual([expect.stringMatching(/^problem .* would lose: spec\.extra of v1/)]);
    await remove('crd', name);
    await change(({ versions }) => {
      versions.push({ ...versions[0], name: 'v2', storage: true });
      versions[0].storage = false;
    });
    expect(await said('definitions')).toEqual([
      expect.stringMatching(/^problem .* objects are stored in v2, which ours lacks/),
    ]);
    // What it says of the API server is so.
    const { stderr } = await cluster.kubectl(['replace', '-f', '-'], { input: JSON.stringify(definition(name)) });
    expect(stderr).toContain('status.storedVersions');
    await remove('crd', name);
    expect(await said('definitions')).toEqual(['ok | none of ours is there yet']);
  });

  test('a namespace that is there, enforces another level or is being deleted is told', async () => {
    await kubectl(['create', 'namespace', 'mlops-kafka']);
    expect(await said('namespaces')).toEqual([
      expect.stringMatching(/^warning \| mlops-kafka exists already, made by kubectl-create/),
    ]);
    await kubectl(['label', 'namespace', 'mlops-kafka', 'pod-security.kubernetes.io/enforce=privileged']);
    expect(await said('namespaces')).toEqual([
      expect.stringMatching(/^problem .* enforces the Pod Security level privileged, and ours restricted/),
    ]);
    await remove('namespace', 'mlops-kafka', '--wait=false');
    expect(await said('namespaces')).toEqual([expect.stringMatching(/^problem \| mlops-kafka is being deleted/)]);
    const namespace = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'mlops-kafka' },
      spec: { finalizers: [] },
    };
    await kubectl(['replace', '--raw', '/api/v1/namespaces/mlops-kafka/finalize', '-f', '-'], namespace);
    expect(await said('namespaces')).toEqual([expect.stringMatching(/^ok/)]);
  });

  test('a quota and a limit range that are too narrow are told, with what it takes', async () => {
    const inKafka = (apiVersion: string, kind: string, spec: object): object => ({
      ...{ apiVersion, kind, spec },
      metadata: { name: 'team', namespace: 'mlops-kafka' },
    });
    await kubectl(['create', 'namespace', 'mlops-kafka']);
    await create(inKafka('v1', 'ResourceQuota', { hard: { 'requests.memory': '64Mi', pods: '10' } }));
    const [told = ''] = await said('quotas');
    expect(told).toMatch(
      /^problem \| ResourceQuota mlops-kafka\/team allows 0\.06 GiB of requests\.memory; the platform asks for/,
    );
    const needed = /raise it to ([\d.]+) GiB/.exec(told)?.[1] ?? '';
    const hard = { 'requests.memory': `${needed}Gi` };
    await kubectl([
      'patch',
      'quota',
      'team',
      '-n',
      'mlops-kafka',
      '--type=merge',
      '-p',
      JSON.stringify({ spec: { hard } }),
    ]);
    expect(await said('quotas')).toEqual([expect.stringMatching(/^ok/)]);
    await create(inKafka('v1', 'LimitRange', { limits: [{ type: 'Container', max: { memory: '32Mi' } }] }));
    expect(await said('quotas')).toContainEqual(
      expect.stringMatching(
        /^problem \| LimitRange mlops-kafka\/team: container kafka of StatefulSet\/mlops-kafka\/\S+ wants/,
      ),
    );
    await remove('quota,limitrange', 'team', '--namespace=mlops-kafka');
    expect(await said('quotas')).toEqual([]);
  });

  test('an object of somebody else under one of our names is told', async () => {
    const { name } = platform.objects.find(({ kind }) => kind === 'ClusterRole')?.metadata ?? { name: 'none' };
    await kubectl(['create', 'clusterrole', name, '--verb=get', '--resource=pods']);
    expect(await said('objects')).toEqual([
      expect.stringContaining(`problem | ClusterRole/${name} exists already, made by kubectl-create`),
    ]);
    await remove('clusterrole', name);
    expect(await said('objects')).toEqual([expect.stringMatching(/^ok/)]);
  });

  test('a webhook that nobody answers for is told, because no pod could be made', async () => {
    const rule = { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] };
    const webhook = {
      ...{ name: 'policy.example.org', rules: [rule], sideEffects: 'None', admissionReviewVersions: ['v1'] },
      clientConfig: { service: { name: 'policy', namespace: 'mesh' } },
    };
    const apiVersion = 'admissionregistration.k8s.io/v1';
    await create({
      apiVersion,
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'policy' },
      webhooks: [webhook],
    });
    expect(await said('webhooks')).toEqual([
      expect.stringMatching(
        /^problem \| ValidatingWebhookConfiguration\/policy asks Service mesh\/policy .* kubectl delete/,
      ),
    ]);
    await remove('validatingwebhookconfiguration', 'policy');
    expect(await said('webhooks')).toEqual([]);
  });

  test('Secrets that the user makes must be there with their keys', async () => {
    const existing = await platformWith({ secrets: { mode: 'existing' }, images: { pullSecrets: ['registry'] } });
    const place = 'mlops-kafka/registry';
    expect(await said('Secrets', existing)).toContainEqual(
      expect.stringContaining(`problem | ${place}, which images.pullSecrets asks for, is not there`),
    );
    await kubectl(['create', 'secret', 'generic', 'registry', '-n', 'mlops-kafka', '--from-literal=token=none']);
    expect(await said('Secrets', existing)).toContainEqual(
      expect.stringContaining(`${place}, which images.pullSecrets asks for, lacks .dockerconfigjson`),
    );
    await kubectl([
      'patch',
      'secret',
      'registry',
      '-n',
      'mlops-kafka',
      '-p',
      '{"stringData":{".dockerconfigjson":"{}"}}',
    ]);
    expect((await said('Secrets', existing)).filter((text) => text.includes(place))).toEqual([]);
    expect(
      (await said('Secrets', existing)).filter((text) => text.includes("secrets: { mode: 'existing' }")).length,
    ).toBeGreaterThan(5);
    expect(await said('Secrets')).toEqual([]);
  });

  test('an Ingress needs a class that is there', async () => {
    const expose = { type: 'ingress', host: 'mlflow.example.org', className: 'nginx' };
    const exposed = await platformWith({ services: { mlflow: { expose } } });
    expect(await said('addresses', exposed)).toContainEqual(
      expect.stringMatching(
        /^problem \| Ingress\/mlops-mlflow\/\S+ is of IngressClass nginx, and there is none at all/,
      ),
    );
    const spec = { controller: 'example.org/nginx' };
    await create({ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'nginx' }, spec });
    expect(await said('addresses', exposed)).toContainEqual(expect.stringMatching(/^ok \| 1 Ingress/));
  });

  test('a user without rights is told all that he lacks and all that could not be looked at', async () => {
    const kubeconfig = cluster.userKubeconfig('alice');
    const told = await findings(platform, kubeconfig);
    const unseen = told.filter(({ severity }) => severity === 'unseen').map(({ subject }) => subject);
    expect(unseen).toEqual(expect.arrayContaining(['nodes', 'pods', 'namespaces', 'services', 'storage classes']));
    const rights = told
      .filter(({ subject, severity }) => subject === 'rights' && severity === 'problem')
      .map(({ text }) => text);
    expect(rights[0]).toMatch(/create, get, patch deployments\.apps in .*mlops-mlflow/);
    expect(rights[1]).toContain('create, patch events');
    expect(told.filter(({ subject }) => subject === 'capacity')).toEqual([]);

    await kubectl(['create', 'clusterrolebinding', 'alice', '--clusterrole=cluster-admin', '--user=alice']);
    const after = await findings(platform, kubeconfig);
    expect(after.filter(({ severity }) => severity === 'unseen')).toEqual([]);
    expect(after.filter(({ subject }) => subject === 'rights')).toEqual([expect.objectContaining({ severity: 'ok' })]);
  });

  test('it only reads', () => {
    const asked = cluster.requests().filter(({ user }) => user === 'alice');
    const changing = asked.filter(
      ({ verb, uri }) => !['get', 'list'].includes(verb) && !uri.includes('/selfsubjectaccessreviews'),
    );
    expect(asked.length).toBeGreaterThan(100);
    expect(changing).toEqual([]);
  });

  test('a platform that has been applied is its own, and has room', async () => {
    await remove('namespace', 'mlops-kafka', '--wait=false');
    const finalize = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'mlops-kafka' },
      spec: { finalizers: [] },
    };
    await kubectl(['replace', '--raw', '/api/v1/namespaces/mlops-kafka/finalize', '-f', '-'], finalize);
    const items = platform.objects.filter(({ kind }) => ['Namespace', 'CustomResourceDefinition'].includes(kind));
    await kubectl(['apply', '--server-side', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });
    const rest = platform.objects.filter((object) => !items.includes(object) && object.kind !== 'SeldonDeployment');
    await kubectl(['apply', '--server-side', '-f', '-'], { apiVersion: 'v1', kind: 'List', items: rest });
    expect((await findings()).filter(({ severity }) => severity === 'problem')).toEqual([]);
    expect(await said('objects')).toEqual([expect.stringMatching(/^ok \| \d{3} are there, all of this platform/)]);
    expect(await said('definitions')).toEqual([`ok | ${platform.objects.filter(isCrd).length} are there, like ours`]);
    const other = await platformWith({ name: 'other', namespacePrefix: 'mlops' });
    expect(await said('objects', other)).toEqual([expect.stringMatching(/^problem .* made by the platform mlops/)]);
    expect(platform.objects[0]?.metadata.labels?.[platformLabel]).toBe('mlops');
  });

  test('a cluster that does not answer, and a kubeconfig that has none, are findings', async () => {
    await cluster.killApiServer();
    expect(await findings()).toEqual([
      expect.objectContaining({
        severity: 'problem',
        subject: 'cluster',
        text: expect.stringContaining('No cluster answers for context test'),
      }),
    ]);
    const { code, stdout } = await doctor(
      cluster.path('none'),
      '--config',
      writeConfig(cluster.path('config.cjs'), base),
    );
    expect(stdout).toContain('No context is chosen');
    expect(code).toBe(1);
    const { findings: told } = await diagnoseCluster({ kubeconfig: cluster.kubeconfig, context: 'other' }, platform);
    expect(told).toEqual([
      expect.objectContaining({ text: expect.stringContaining('Give --context with one of: test.') }),
    ]);
  });
});
