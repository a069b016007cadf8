import type { Examined } from './examined';

/** The namespaces of the platform, and what limits them. */
export function namespaceTests(given: () => Examined): void {
  test('reports a namespace that exists already, enforces another level or is being deleted', async () => {
    const { kubectl, remove, said } = given();
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

  test('reports a quota and a limit range that are too small, with what is needed', async () => {
    const { kubectl, create, remove, said } = given();
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
}
