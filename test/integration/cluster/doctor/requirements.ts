import { platformWith, type Examined } from './examined';

/** What only the user can bring: Secrets, an IngressClass and rights. */
export function requirementTests(given: () => Examined): void {
  test('Secrets that the user makes must exist, with their keys', async () => {
    const { kubectl, said } = given();
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

  test('an Ingress needs a class that exists', async () => {
    const { create, said } = given();
    const expose = { type: 'ingress', host: 'mlflow.example.org', className: 'nginx', withoutLogin: true };
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

  test('the port of the API server must be among those that the policies let pods out to', async () => {
    const { cluster, create, said } = given();
    const usual = await platformWith();
    // As an API server makes it that is not alone in the network of a test.
    await create({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'kubernetes', namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['192.0.2.10'] }],
      ports: [{ name: 'https', port: cluster.port, protocol: 'TCP' }],
    });
    expect(await said('network policies', usual)).toContainEqual(
      expect.stringMatching(
        `^problem \\| the API server listens on ${cluster.port}, .*networkPolicies: { apiServerPorts: \\[${cluster.port}] }$`,
      ),
    );
    expect(await said('network policies')).toContainEqual(expect.stringMatching(/^ok \| the API server's port/));
  });

  test('lists every right that a user lacks, and everything that could not be checked', async () => {
    const { cluster, platform, kubectl, findings } = given();
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

  test('only reads', () => {
    const { cluster } = given();
    const asked = cluster.requests().filter(({ user }) => user === 'alice');
    const changing = asked.filter(
      ({ verb, uri }) => !['get', 'list'].includes(verb) && !uri.includes('/selfsubjectaccessreviews'),
    );
    expect(asked.length).toBeGreaterThan(100);
    expect(changing).toEqual([]);
  });
}
