import { platformFacts } from '../../../charts/catalog';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig, type Config } from '../../../charts/config';
import { diagnoseCluster } from '../../../cluster/doctor/doctor';
import { platformOf } from '../../../cluster/doctor/platform';
import { platformLabel } from '../../../lib/kubernetes/labels';
import { ControlPlane } from './control-plane';
import { FakeKubelet } from './fake-kubelet';
import { type Platform, synthesizeTo } from './platform';
import { type Result, startDeploy } from './small-platform';
import { kubernetesVersions } from './tools';

const config: Config = {
  cluster: { externalHost: '192.0.2.10' },
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

describe.each(kubernetesVersions)('the whole platform on Kubernetes %s', (version) => {
  let cluster: ControlPlane;
  let platform: Platform;
  let dist: string;
  let kubelet: FakeKubelet | undefined;
  const deploy = (...args: string[]): Promise<Result> => startDeploy(cluster.kubeconfig, ['--out', dist, ...args]).end;

  beforeAll(async () => {
    cluster = await ControlPlane.start({ version, users: { alice: ['data-scientists'] } });
    platform = await synthesizeTo(cluster.path('dist'), config);
    dist = platform.folder;
  });
  afterAll(async () => {
    await kubelet?.stop();
    await cluster.stop();
  });

  test('a dry run on an empty cluster lists what would be created and what cannot be checked yet, and creates nothing', async () => {
    const { code, text } = await deploy('--dry-run');
    expect(text).toContain('+ Namespace/mlops-kafka');
    expect(text).toMatch(
      /SeldonDeployment\/mlops-models\/creditcard \(not checked: needs CustomResourceDefinition\/\S+, which is not there/,
    );
    expect(code).toBe(0);
    const { items } = await cluster.json<{ items: object[] }>(
      'get',
      'namespaces,leases,clusterroles',
      '-l',
      platformLabel,
      '-A',
    );
    expect(items).toEqual([]);
  });

  test('a user without rights gets the list of those that are missing before anything is written', async () => {
    const { code, text } = await startDeploy(cluster.userKubeconfig('alice'), ['--out', dist]).end;
    expect(code).toBe(1);
    expect(text).toContain('Nothing was changed');
    expect(text).toMatch(/create, get, patch deployments\.apps in .*mlops-mlflow/);
    expect(text).toMatch(/create, get, patch customresourcedefinitions\.apiextensions\.k8s\.io\n/);
    const writes = cluster
      .requests()
      .filter(({ user, verb, uri }) => user === 'alice' && verb !== 'get' && !uri.includes('selfsubject'));
    expect(writes).toEqual([]);
  });

  test('--only names what must exist already', async () => {
    const { code, text } = await deploy('--only', 'kafka');
    expect(code).toBe(1);
    expect(text).toContain(
      'needs Namespace/mlops-kafka, which is not there (it is in 00-namespaces.yaml: deploy once without --only)',
    );
  });

  test('what no webhook server can admit waits until the timeout and is reported with the reason, and the rest is applied', async () => {
    const { code, text } = await deploy('--timeout', '10s');
    expect(code).toBe(1);
    expect(text).toContain('60-monitors.yaml  ');
    expect(text).toMatch(
      /The time is over\.\n\s+SeldonDeployment\/mlops-models\/creditcard: waits for the webhook of Deployment\/mlops-seldon\/seldon-controller-manager: 0 of 1 pods/,
    );
    expect(text).toContain(
      'Gateway/istio-system/seldon-gateway: waits for the webhook of Deployment/istio-system/istiod',
    );
  });

  test('a rerun finishes, and with --wait returns when every workload is ready', async () => {
    kubelet = await FakeKubelet.start(cluster.kubeconfig);
    const { code, text } = await deploy('--wait', '--timeout', '90s');
    expect(text).toMatch(/00-namespaces\.yaml {2}\d+ unchanged/);
    expect(text).toContain('60-models.yaml  1 created');
    expect(text).toContain('everything is ready');
    expect(code).toBe(0);
  });

  test('another rerun changes nothing', async () => {
    const { code, text } = await deploy();
    expect(text).not.toMatch(/\d (created|changed)/);
    expect(code).toBe(0);
  });

  // Of Istio alone: nobody answers for istiod here, so nothing could be admitted that its webhook looks at.
  test('what istiod fills into its webhook stays', async () => {
    const name = ['validatingwebhookconfiguration', 'istiod-default-validator'];
    const policy = async (): Promise<string | undefined> =>
      (await cluster.json<{ webhooks: { failurePolicy: string }[] }>('get', ...name)).webhooks[0]?.failurePolicy;
    const fillIn = (value: string): Promise<unknown> => {
      const patch = JSON.stringify([{ op: 'replace', path: '/webhooks/0/failurePolicy', value }]);
      return cluster.kubectl(['patch', ...name, '--type=json', '--field-manager=pilot-discovery', '-p', patch]);
    };
    expect(await policy()).toBe('Ignore');
    await fillIn('Fail');
    const { code, text } = await deploy('--only', 'istio');
    expect(text).not.toMatch(/\d (created|changed)/);
    expect(code).toBe(0);
    expect(await policy()).toBe('Fail');
    await fillIn('Ignore');
  });

  test('a workload that was stopped by kubectl scale is started again', async () => {
    const workload = ['deployment', 'mlflow-tracking-server', '-n', 'mlops-mlflow'];
    await cluster.kubectl(['scale', ...workload, '--replicas=0']);
    const { code, text } = await deploy('--only', 'mlflow');
    expect(text).toMatch(/50-mlflow\.yaml .*1 changed/);
    expect(code).toBe(0);
    expect((await cluster.json<{ spec: { replicas: number } }>('get', ...workload)).spec.replicas).toBe(1);
  });

  // Nothing here is tried with the doctor on the oldest version but this: it looks at every kind of object there is.
  test('the doctor recognizes all of it, and its only problems are that there is no node and no storage class', async () => {
    const { findings } = await diagnoseCluster(
      { kubeconfig: cluster.kubeconfig },
      platformOf(parseConfig(config), platform, platformFacts),
    );
    const told = findings.filter(({ severity }) => severity === 'problem');
    expect(told.map(({ subject }) => subject).sort()).toEqual(['capacity', 'storage']);
    expect(findings.filter(({ severity }) => severity === 'unseen')).toEqual([]);
    expect(findings).toContainEqual(
      expect.objectContaining({
        subject: 'objects',
        text: expect.stringMatching(/^\d{3} are there, all of this platform/),
      }),
    );
  });

  test('a dry run shows which fields would change', async () => {
    const scaled = cluster.path('scaled');
    cpSync(dist, scaled, { recursive: true });
    const file = join(scaled, '40-kafka.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^ {2}replicas: 1$/m, '  replicas: 3'));
    const { code, text } = await startDeploy(cluster.kubeconfig, ['--out', scaled, '--dry-run', '--only', 'kafka']).end;
    expect(text).toMatch(/~ StatefulSet\/mlops-kafka\/kafka-controller\n\s+spec\.replicas: 1 → 3\n/);
    expect(code).toBe(0);
    expect(
      (
        await cluster.json<{ spec: { replicas: number } }>(
          'get',
          'statefulset',
          'kafka-controller',
          '-n',
          'mlops-kafka',
        )
      ).spec.replicas,
    ).toBe(1);
  });

  test('leaves no lock behind', async () => {
    const { items } = await cluster.json<{ items: object[] }>('get', 'leases', '-n', 'default');
    expect(items).toEqual([]);
  });
});
