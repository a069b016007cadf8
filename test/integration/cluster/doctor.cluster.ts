import { diagnoseCluster } from '../../../cluster/doctor/doctor';
import { isCrd } from '../../../lib/kubernetes/object';
import { platformLabel } from '../../../lib/kubernetes/labels';
import { writeConfig } from '../../support/cli';
import { base, doctor, Examined, platformWith } from './doctor/examined';
import { namespaceTests } from './doctor/namespaces';
import { nodeTests } from './doctor/nodes';
import { othersTests } from './doctor/others';
import { requirementTests } from './doctor/requirements';

// The tests follow one another on one cluster, which begins empty and is made fit step by step.
describe('the doctor', () => {
  let examined: Examined;
  const given = (): Examined => examined;

  beforeAll(async () => {
    examined = await Examined.start();
  });
  afterAll(() => examined.cluster.stop());

  nodeTests(given);
  othersTests(given);
  namespaceTests(given);
  requirementTests(given);

  test('a platform that has been applied is recognized, and has room', async () => {
    const { platform, kubectl, remove, findings, said } = given();
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

  test('a cluster that does not answer and a kubeconfig without a cluster are findings', async () => {
    const { cluster, platform, findings } = given();
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
      writeConfig(cluster.path('config.json'), base),
    );
    expect(stdout).toContain('No context is chosen');
    expect(code).toBe(1);
    const { findings: told } = await diagnoseCluster({ kubeconfig: cluster.kubeconfig, context: 'other' }, platform);
    expect(told).toEqual([
      expect.objectContaining({ text: expect.stringContaining('Give --context with one of: test.') }),
    ]);
  });
});
