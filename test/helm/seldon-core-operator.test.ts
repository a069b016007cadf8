import type { Loose } from '../support/config';
import { findObject, renderChart, type KubeObject } from './render';

const render = (values: object = {}, namespace = 'mlops-seldon'): Promise<readonly KubeObject[]> =>
  renderChart('seldon-core-operator', { release: 'seldon-core', namespace, values });

const deployment = 'seldon-controller-manager';
const container = (objects: readonly KubeObject[]) =>
  findObject(objects, 'Deployment', deployment).spec.template.spec.containers[0];

/** Every `group/resource` that the rules of a kind let the operator at, with its verbs. */
const permissions = (objects: readonly KubeObject[]): Map<string, string[]> => {
  const rules = objects.filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role').flatMap(({ rules }) => rules);
  const granted = new Map<string, string[]>();
  for (const { apiGroups, resources, verbs } of rules) {
    for (const resource of resources) {
      const key = `${apiGroups[0]}/${resource}`;
      granted.set(key, [...(granted.get(key) ?? []), ...verbs]);
    }
  }
  return granted;
};

describe('the chart seldon-core-operator', () => {
  test('keeps the names and selector labels that the operator and an installed original chart have', async () => {
    const objects = await render();
    findObject(objects, 'ServiceAccount', 'seldon-manager');
    const selector = {
      app: 'seldon',
      'app.kubernetes.io/instance': 'seldon1',
      'app.kubernetes.io/name': 'seldon',
      'app.kubernetes.io/version': 'v0.5',
      'control-plane': deployment,
    };
    const { spec } = findObject(objects, 'Deployment', deployment);
    expect(spec.selector.matchLabels).toEqual(selector);
    expect(spec.template.metadata.labels).toMatchObject(selector);
    expect(findObject(objects, 'Service', 'seldon-webhook-service').spec).toMatchObject({
      selector,
      ports: [{ port: 443, targetPort: 'webhook-server' }],
    });
    expect(spec.template.spec.containers[0].ports.map((port: { name: string }) => port.name)).toEqual([
      'webhook-server',
      'metrics',
    ]);
  });

  test('renders no certificate and no ConfigMap of its own, and leaves its webhooks to the operator', async () => {
    const objects = await render();
    const kinds = objects.map(({ kind }) => kind);
    expect(kinds).not.toContain('Secret');
    expect(kinds).not.toContain('ConfigMap');
    const webhook = findObject(objects, 'ValidatingWebhookConfiguration', 'seldon-validating-webhook-configuration');
    expect(webhook.webhooks).toBeUndefined();
    expect(container(objects).args).toContain('--create-resources=true');
  });

  test('writes in the namespace of the models alone, and otherwise only what it knows by name', async () => {
    const objects = await render({ modelNamespace: 'models', istio: { enabled: true } });
    const writing = objects
      .filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role')
      .flatMap(({ metadata, rules }) =>
        rules
          .filter((rule: Loose) => rule.resourceNames === undefined)
          .filter((rule: Loose) => rule.verbs.some((verb: string) => !['get', 'list', 'watch'].includes(verb)))
          .flatMap((rule: Loose) => rule.resources.map((resource: string) => [metadata.namespace, resource].join(' '))),
      );
    expect(writing.filter((what) => !what.startsWith('models '))).toEqual([
      'mlops-seldon leases',
      'mlops-seldon events',
    ]);
    expect(writing).toEqual(
      expect.arrayContaining(['models deployments', 'models services', 'models virtualservices']),
    );
    const { subjects } = findObject(objects, 'RoleBinding', 'seldon-manager-rolebinding');
    expect(subjects).toEqual([{ kind: 'ServiceAccount', name: 'seldon-manager', namespace: 'mlops-seldon' }]);
  });

  test('serves the models of its own namespace where no other is named', async () => {
    expect(findObject(await render(), 'Role', 'seldon-manager-role').metadata.namespace).toBe('mlops-seldon');
  });

  test('lets the pod wait for the ConfigMap seldon-config', async () => {
    const { volumes } = findObject(await render(), 'Deployment', deployment).spec.template.spec;
    const [config] = volumes.filter((volume: { configMap?: object }) => volume.configMap);
    expect(config.configMap).toEqual({ name: 'seldon-config' });
    // The kubelet skips volumes that no container mounts.
    expect(container(await render()).volumeMounts.map((mount: { name: string }) => mount.name)).toContain(config.name);
  });

  test('leaves what the image has in /tmp/operator-resources visible', async () => {
    const paths = container(await render()).volumeMounts.map((mount: { mountPath: string }) => mount.mountPath);
    expect(paths).toContain('/tmp/k8s-webhook-server');
    expect(paths).not.toContain('/tmp');
  });

  test('never runs two operators at once, since each registers a certificate of its own', async () => {
    const { replicas, strategy } = findObject(await render(), 'Deployment', deployment).spec;
    expect(replicas).toBe(1);
    expect(strategy.rollingUpdate.maxSurge).toBe(0);
  });

  test('reads no Secrets and touches Istio only where routing goes through it', async () => {
    const without = permissions(await render());
    expect(without.has('/secrets')).toBe(false);
    expect([...without.keys()].filter((key) => key.startsWith('networking.istio.io'))).toEqual([]);
    const routed = permissions(await render({ istio: { enabled: true } }));
    expect(routed.get('networking.istio.io/virtualservices')).toContain('create');
    expect([...routed.values()].flat()).not.toContain('*');
  });

  test('holds the lock that its role allows', async () => {
    const objects = await render();
    const { rules } = findObject(objects, 'Role', 'seldon-leader-election-role');
    const [{ resourceNames }] = rules.filter((rule: { resourceNames?: string[] }) => rule.resourceNames);
    expect(container(objects).args).toEqual(
      expect.arrayContaining([`--leader-election-id=${resourceNames[0]}`, '--leader-election-resource-lock=leases']),
    );
  });

  test('follows the namespace in cluster-wide names and in every subject', async () => {
    const objects = await render({}, 'team-a-seldon');
    findObject(objects, 'ClusterRole', 'seldon-manager-role-team-a-seldon');
    const bindings = objects.filter(({ kind }) => kind.endsWith('RoleBinding'));
    expect(bindings).toHaveLength(4);
    for (const { subjects } of bindings) {
      expect(subjects).toEqual([{ kind: 'ServiceAccount', name: 'seldon-manager', namespace: 'team-a-seldon' }]);
    }
  });

  test('takes both images from any registry', async () => {
    const image = { registry: 'mirror.example:5000' };
    const manager = container(await render({ image, executor: { image } }));
    expect(manager.image).toBe('mirror.example:5000/seldonio/seldon-core-operator:1.17.1');
    expect(manager.env).toContainEqual({
      name: 'EXECUTOR_CONTAINER_IMAGE_AND_VERSION',
      value: 'mirror.example:5000/seldonio/seldon-core-executor:1.17.1',
    });
  });

  test('refuses values that it would ignore, and to carry a certificate', async () => {
    await expect(render({ predictor_servers: {} })).rejects.toThrow(/predictor_servers/);
    await expect(render({ managerCreateResources: false })).rejects.toThrow(/managerCreateResources must be true/);
  });

  test('brings a CRD that plain kubectl apply can take', async () => {
    const crd = findObject(await render(), 'CustomResourceDefinition', 'seldondeployments.machinelearning.seldon.io');
    expect(JSON.stringify(crd).length).toBeLessThan(100_000);
    expect(
      crd.spec.versions.map((version: { name: string; storage: boolean }) => [version.name, version.storage]),
    ).toEqual([
      ['v1', true],
      ['v1alpha2', false],
      ['v1alpha3', false],
    ]);
  });
});
