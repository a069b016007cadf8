import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { objectsOf } from '../../../lib/checks/output';
import { CustomResources } from '../../../lib/kubernetes/custom-resource';
import type { LiveObject } from '../../../lib/kubernetes/live-object';
import { deploy } from '../../../cluster/deploy/deploy';
import { movedData } from '../../../cluster/deploy/moved-data';
import { DeployError } from '../../../cluster/deploy/progress';
import { dataRules } from '../../../charts/catalog';
import type { KubernetesObject } from '../../../lib/kubernetes/object';
import { parse } from '../../support/config';
import { assemble } from '../../support/output';
import { temporaryFolder } from '../../support/temporary';
import { object } from '../../support/live-object';
import { planOf } from './objects';

const upstream = (chart: string): object => ({ 'mlops-infra/chart': chart });
const claims = [{ metadata: { name: 'data' }, spec: {} }];

/** A workload of the platform with a volume, of the bundled chart unless its labels say another. */
function workload(kind: 'Deployment' | 'StatefulSet', labels: object = {}, keepsData = true): LiveObject {
  const volumes =
    keepsData && kind === 'Deployment' ? [{ name: 'export', persistentVolumeClaim: { claimName: 'a' } }] : [];
  const template = { spec: { containers: [], volumes } };
  const spec = { template, ...(keepsData && kind === 'StatefulSet' ? { volumeClaimTemplates: claims } : {}) };
  const made = object('apps/v1', kind, 'database', { spec });
  return { ...made, metadata: { ...made.metadata, labels: { 'mlops-infra/platform': 'mlops', ...labels } } };
}

const told = (planned: LiveObject, live: LiveObject): string[] =>
  movedData([[planned, live]], dataRules).map(({ text, remedy }) => `${text} → ${remedy}`);

describe('a workload with data', () => {
  test.each([
    ['StatefulSet', 'postgresql-12.5.6', 'postgresql'],
    ['StatefulSet', 'kafka-25.1.12', 'kafka'],
    ['Deployment', 'minio-5.4.0', 'minio'],
  ] as const)('that is a %s of %s is not given to the other chart of %s', (kind, chart, service) => {
    const [ours, theirs] = [workload(kind), workload(kind, upstream(chart))];
    const place = `${service}: ${kind}/here/database keeps its data as`;
    const after = ' and run npm run synth; or, to change over, dump the data, ';
    expect(told(theirs, ours)).toEqual([
      expect.stringContaining(
        `${place} the bundled chart has it, and the upstream chart ${chart} would not find or not read that in the same volume → ` +
          `write charts: { ${service}: 'bundled' }${after}`,
      ),
    ]);
    expect(told(ours, theirs)).toEqual([
      expect.stringContaining(
        `${place} the upstream chart ${chart} has it, and the bundled chart would not find or not read that in the same volume → ` +
          `write charts: { ${service}: 'upstream' }${after}`,
      ),
    ]);
  });

  test('that no original chart keeps any more, as was the database of Prefect, is moved by a dump alone', () => {
    expect(told(workload('StatefulSet'), workload('StatefulSet', upstream('prefect-server-2023.04.13')))).toEqual([
      'database: StatefulSet/here/database keeps its data as the upstream chart prefect-server-2023.04.13 has it, and ' +
        'the bundled chart would not find or not read that in the same volume → dump the data, delete this workload ' +
        'and its volumes, deploy, and restore the dump',
    ]);
  });

  test('stays with its chart in another version', () => {
    const [old, next] = [workload('StatefulSet', upstream('kafka-25.1.12')), upstream('kafka-26.0.0')];
    expect(told(workload('StatefulSet', next), old)).toEqual([]);
    expect(told(workload('StatefulSet'), workload('StatefulSet'))).toEqual([]);
  });
});

test('a workload without data may come from any chart', () => {
  for (const kind of ['Deployment', 'StatefulSet'] as const) {
    expect(told(workload(kind, upstream('kafka-25.1.12'), false), workload(kind, {}, false))).toEqual([]);
  }
});

test('every workload of the platform that has a volume counts as one with data', async () => {
  const objects = objectsOf(await assemble(parse()));
  const others = objects.map((planned): [KubernetesObject, LiveObject] => {
    const labels = { ...planned.metadata.labels, ...upstream('other-1.0.0') };
    return [planned, { ...planned, metadata: { ...planned.metadata, labels } }];
  });
  expect(movedData(others, dataRules).map(({ text }) => text.split(' ')[1])).toEqual([
    'StatefulSet/mlops-kafka/kafka-controller',
    'Deployment/mlops-minio/minio',
    'StatefulSet/mlops-mlflow/postgresql-mlflow',
    'StatefulSet/mlops-prefect/prefect-server-postgresql',
  ]);
});

describe('a deploy', () => {
  const folder = temporaryFolder();
  const kubeconfig = join(folder, 'kubeconfig.json');
  let server: Server;
  let live: LiveObject;
  let writes: string[] = [];

  /** What an API server answers that holds one StatefulSet, and lets the user do everything. */
  function answer(path: string): object | undefined {
    if (path === '/version') return { gitVersion: 'v1.30.4' };
    if (path === '/apis/apps/v1')
      return { resources: [{ name: 'statefulsets', kind: 'StatefulSet', namespaced: true }] };
    if (path.endsWith('/selfsubjectaccessreviews')) return { status: { allowed: true } };
    const selector = { selector: {}, template: { spec: { containers: [] } } };
    const found = { ...live, spec: { ...selector, ...(live.spec as object | undefined) } };
    return path === '/apis/apps/v1/namespaces/here/statefulsets/database' ? found : undefined;
  }

  beforeAll(async () => {
    server = createServer(({ method = '', url = '' }, response) => {
      if (method !== 'GET' && !url.endsWith('/selfsubjectaccessreviews')) writes.push(`${method} ${url}`);
      const content = answer(url);
      response.writeHead(content === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(content ?? { kind: 'Status', code: 404 }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const clusters = [{ name: 'a', cluster: { server: `http://127.0.0.1:${port}` } }];
    const contexts = [{ name: 'a', context: { cluster: 'a' } }];
    const config = { apiVersion: 'v1', kind: 'Config', clusters, contexts, 'current-context': 'a' };
    writeFileSync(kubeconfig, JSON.stringify(config));
  });
  beforeEach(() => (writes = []));
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const run = (planned: LiveObject, dryRun = false): Promise<unknown> => {
    const progress = { done: () => undefined, note: () => undefined, waiting: () => undefined };
    const stop = new AbortController().signal;
    return deploy(
      {
        ...{ kubeconfig, plan: planOf(planned), dryRun, wait: false, prune: 'no', timeout: 2_000, stop, progress },
        dataRules,
        customResources: new CustomResources([]),
        confirm: () => Promise.resolve(false),
      },
      () => undefined,
    ).catch((error: unknown) => error);
  };

  test.each([false, true])(
    'that would change its source is refused before anything is written (dry: %s)',
    async (dry) => {
      live = workload('StatefulSet');
      const error = await run(workload('StatefulSet', upstream('postgresql-12.5.6')), dry);
      expect(error).toBeInstanceOf(DeployError);
      const { message, problems } = error as DeployError;
      expect(message).toBe('A service would be parted from its data. Nothing was changed.');
      expect(problems).toEqual([expect.stringMatching(/^postgresql: StatefulSet\/here\/database .*'bundled'/)]);
      expect(writes).toEqual([]);
    },
  );

  test('of the same source goes on', async () => {
    live = workload('StatefulSet', upstream('postgresql-12.5.6'));
    const error = await run(workload('StatefulSet', upstream('postgresql-12.5.6')));
    expect((error as Error).message).not.toContain('data');
    expect(writes.length).toBeGreaterThan(0);
  });
});
