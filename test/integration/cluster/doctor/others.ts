import { isCrd } from '../../../../lib/kubernetes/object';
import type { KubernetesObject } from '../../../../lib/kubernetes/object';
import type { Loose } from '../../../support/config';
import { platformWith, type Examined } from './examined';

/** What others have put into the cluster, and the platform would clash with. */
export function othersTests(given: () => Examined): void {
  const definition = (name: string): KubernetesObject => {
    const found = given()
      .platform.objects.filter(isCrd)
      .find(({ metadata }) => metadata.name === name);
    if (found === undefined) throw new Error(`the platform has no definition ${name}`);
    return JSON.parse(JSON.stringify({ ...found, metadata: { name } })) as KubernetesObject;
  };

  test('reports a node port that another Service has, and names a free one', async () => {
    const { create, remove, said } = given();
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

  test('reports another operator, and how to use it', async () => {
    const { kubectl, create, remove, said } = given();
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

  test('reports the definitions that an external service should have brought', async () => {
    const { said } = given();
    const external = await platformWith({ services: { istio: { external: { url: 'http://models.example.org' } } } });
    expect(await said('Kubernetes version', external)).toContainEqual(
      expect.stringMatching(/^problem \| the cluster does not know Gateway of networking\.istio\.io/),
    );
    expect(await said('namespaces', external)).toContainEqual(
      expect.stringMatching(/^problem \| .* in istio-system, and there is no such namespace/),
    );
  });

  test('definitions of others are compared with ours: the same, older, newer, and of versions that ours lacks', async () => {
    const { cluster, create, remove, said } = given();
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

  test('reports somebody else’s object under one of our names', async () => {
    const { platform, kubectl, remove, said } = given();
    const { name } = platform.objects.find(({ kind }) => kind === 'ClusterRole')?.metadata ?? { name: 'none' };
    await kubectl(['create', 'clusterrole', name, '--verb=get', '--resource=pods']);
    expect(await said('objects')).toEqual([
      expect.stringContaining(`problem | ClusterRole/${name} exists already, made by kubectl-create`),
    ]);
    await remove('clusterrole', name);
    expect(await said('objects')).toEqual([expect.stringMatching(/^ok/)]);
  });

  test('reports a webhook without a server, since it would keep every pod from being created', async () => {
    const { create, remove, said } = given();
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
}
