import { declared } from '../../../charts/catalog';
import { ApiError } from '../../../cluster/api/api-error';
import type { Session } from '../../../cluster/deploy/session';
import { stateOf, type State } from '../../../cluster/deploy/state';
import { CustomResources } from '../../../lib/kubernetes/custom-resource';
import type { LiveObject } from '../../../lib/kubernetes/live-object';
import { nameOf } from '../../../lib/kubernetes/object';
import { unready } from '../../../lib/kubernetes/readiness';
import { object } from '../../support/live-object';

const server = object('example.org/v1', 'Server', 'main');
const statefulSet = object('apps/v1', 'StatefulSet', 'server-main', {
  spec: { replicas: 2, selector: { matchLabels: { app: 'server', part: 'db' } } },
  status: { observedGeneration: 2, readyReplicas: 1 },
});

interface Cluster {
  readonly customResources?: CustomResources;
  readonly objects?: readonly LiveObject[];
  /** Members of the lists that may be read, by the last part of their path. */
  readonly lists?: Readonly<Record<string, readonly object[]>>;
}

/** The state of an object, and the lists that were asked for, with their selectors. */
async function look(
  wanted: LiveObject,
  { customResources = new CustomResources([]), objects = [], lists = {} }: Cluster,
): Promise<State & { asked: string[] }> {
  const asked: string[] = [];
  const session: Pick<Session, 'customResources' | 'live' | 'send'> = {
    customResources,
    live: (sought) => Promise.resolve(objects.find((live) => nameOf(live) === nameOf(sought))),
    send: (_, path, options) => {
      const labelSelector = options?.query?.labelSelector;
      const list = path.split('/').at(-1) ?? '';
      if (labelSelector !== undefined) asked.push(`${list} ${labelSelector}`);
      const items = lists[list];
      return items === undefined ? Promise.reject(new ApiError(403, 'forbidden')) : Promise.resolve({ items });
    },
  };
  return { ...(await stateOf(session as Session, wanted)), asked };
}

const pending = {
  metadata: { name: 'main-0', namespace: 'here' },
  spec: { containers: [] },
  status: { conditions: [{ type: 'PodScheduled', status: 'False', message: 'full' }] },
};

test('an object that is not there is not ready', async () => {
  expect(await look(server, {})).toEqual({ readiness: 'unready', reasons: ['is not there'], asked: [] });
});

test('an object of a kind of which nothing is known is ready as soon as it is there', async () => {
  expect(await look(server, { objects: [server] })).toEqual({ readiness: 'ready', reasons: [], asked: [] });
});

test('a workload that is not ready tells of its pods, which its selector finds', async () => {
  const lists = { pods: [pending], events: [] };
  const { reasons, asked } = await look(statefulSet, { objects: [statefulSet], lists });
  expect(reasons).toEqual([expect.stringMatching(/^1 of 2 pods are ready: pod main-0 has no node: full/)]);
  expect(asked).toEqual(['pods app=server,part=db']);
});

test('whoever may not read pods learns what the workload tells by itself', async () => {
  const { reasons } = await look(statefulSet, { objects: [statefulSet] });
  expect(reasons).toEqual(['1 of 2 pods are ready']);
});

describe('of a custom resource', () => {
  const kind = { apiGroup: 'example.org', kind: 'Server' };

  test('whose StatefulSet is declared, the StatefulSet tells', async () => {
    const customResources = new CustomResources([
      { ...kind, statefulSet: ({ metadata }) => `server-${metadata.name}` },
    ]);
    expect(await look(server, { customResources, objects: [server] })).toMatchObject({
      reasons: ['its operator has not made StatefulSet/here/server-main yet'],
    });
    const objects = [server, statefulSet];
    expect(await look(server, { customResources, objects })).toMatchObject({ reasons: ['1 of 2 pods are ready'] });
  });

  test('whose StatefulSet is that of an older generation, the operator is waited for', async () => {
    const customResources = new CustomResources([{ ...kind, statefulSet: () => 'server-main' }]);
    const calm = { ...statefulSet, status: { observedGeneration: 2, replicas: 2, readyReplicas: 2 } };
    const stateAt = async (observedGeneration: number): Promise<string[]> => {
      const status = { conditions: [{ type: 'Reconciled', status: 'True', observedGeneration }] };
      return [...(await look(server, { customResources, objects: [{ ...server, status }, calm] })).reasons];
    };
    expect(await stateAt(1)).toEqual(['its operator has not seen the change yet']);
    expect(await stateAt(2)).toEqual([]);
  });

  test('whose readiness is declared, it is told of the Deployments and pods with the declared labels', async () => {
    const customResources = new CustomResources([
      {
        ...kind,
        podSelector: ({ metadata }) => ({ server: metadata.name }),
        readiness: (live, deployments) => unready([live, ...deployments].map(nameOf).join(' and ')),
      },
    ]);
    // Members of a list carry no kind.
    const { metadata } = object('', '', 'main-a');
    const spec = { selector: {}, template: { spec: { containers: [] } } };
    const member = { metadata, spec };
    const lists = { deployments: [member], pods: [pending], events: [] };
    const { reasons, asked } = await look(server, { customResources, objects: [server], lists });
    expect(reasons).toEqual([
      expect.stringMatching(/^Server\/here\/main and Deployment\/here\/main-a: pod main-0 has no node/),
    ]);
    expect(asked).toEqual(['deployments server=main', 'pods server=main']);
  });
});

describe('of the platform', () => {
  const { customResources } = declared;

  test.each(['Prometheus', 'Alertmanager'])('%s is as ready as its StatefulSet', async (name) => {
    const monitor = object('monitoring.coreos.com/v1', name, 'main');
    const { reasons } = await look(monitor, { customResources, objects: [monitor] });
    expect(reasons).toEqual([`its operator has not made StatefulSet/here/${name.toLowerCase()}-main yet`]);
  });

  test('a model is found by the label that Seldon gives to its Deployments and pods', async () => {
    const model = object('machinelearning.seldon.io/v1', 'SeldonDeployment', 'creditcard', {
      spec: { predictors: [{ name: 'default' }] },
      status: { state: 'Creating' },
    });
    const { reasons, asked } = await look(model, {
      customResources,
      objects: [model],
      lists: { pods: [], events: [] },
    });
    expect(reasons).toEqual(['is creating']);
    expect(asked).toEqual(['deployments', 'pods'].map((list) => `${list} seldon-deployment-id=creditcard`));
  });
});
