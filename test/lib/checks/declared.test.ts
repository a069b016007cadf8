import { violations } from '../../../lib/checks';
import type { CheckFacts, OutputDeclaration } from '../../../lib/checks/declared';
import type { Rule } from '../../../lib/checks/rule';
import { accepts, finds } from './faults';
import { crd, goodPod, smallOutput, type Draft, type Loose } from './small-output';

const random = 'q7Rk2ZpX9vTn4WcL8sYb';
const resources: Loose = goodPod('x').spec.containers[0].resources;

const checks: Required<CheckFacts> = {
  podExceptions: [
    { workload: 'Deployment/web', controls: ['hostNamespaces'], withoutProbes: true, reason: 'is an example' },
  ],
  grantExceptions: [{ of: 'Role/strong', powers: ['pods'], reason: 'is an example' }],
  laterPods: [{ run: 'later' }],
  keptServices: [
    ({ object, namespace }) =>
      object.metadata.name === 'web'
        ? [{ name: 'kept', namespace, labels: {}, ports: [{ port: 80 }], headless: false }]
        : [],
  ],
  madeConfigMaps: ['certificates'],
  harmlessKeys: [{ key: 'identity', problem: (content) => (content === random ? undefined : 'is another one') }],
  publicVariables: ['IDENTITY'],
  urlSchemes: ['example'],
  unusedAddresses: [],
  shortHosts: ['nowhere'],
};

const customResources: OutputDeclaration['customResources'] = [
  {
    apiGroup: 'example.org',
    kind: 'Server',
    choosesImage: true,
    made: (object) => ({
      pods: [{ owner: object, namespace: 'mlops-web', labels: { server: object.metadata.name }, ports: [] }],
      services: [],
      identity: { server: object.metadata.name },
    }),
    podSets: ({ spec }) => [{ containers: [{ name: 'main', resources: (spec as Loose).resources }], count: 1 }],
    targets: ({ spec }) => [{ kind: 'ConfigMap', name: (spec as Loose).settings, as: 'settings' }],
  },
  { apiGroup: 'example.org', targets: ({ spec }) => [{ kind: 'Secret', name: (spec as Loose).login, as: 'login' }] },
];

const server = (draft: Draft, spec: Loose = {}): void => {
  crd(draft, 'example.org', 'Server');
  draft.add(60, 'example.org/v1 Server mlops-web/main', {
    spec: { image: 'a/b:1', settings: 'settings', login: 'login', resources, ...spec },
  });
};

finds(
  'of a service',
  [
    [
      'what must not be in its harmless key',
      (draft) => draft.add(40, 'v1 Secret mlops-web/more', { stringData: { identity: 'field: 1' } }),
      'Secret/mlops-web/more: identity is another one',
    ],
    [
      'an address of its own scheme that leads nowhere',
      (draft) => draft.container.env.push({ name: 'URL', value: 'example+driver://gone:1/' }),
      'Deployment/mlops-web/web: spec.template.spec.containers.0.env.2.value has the address gone, which leads to no Service (add Service gone to mlops-web or correct the address)',
    ],
    [
      'a custom resource whose image, references and limits are missing',
      (draft) => server(draft, { image: undefined, settings: 'gone', login: 'lost', resources: {} }),
      'Server/mlops-web/main: settings names ConfigMap gone, which nothing makes (correct the name or add the object)',
      'Server/mlops-web/main: login names Secret lost, which nothing makes (declare a Credential in mlops-web)',
      'Server/mlops-web/main: names no image, so the operator would choose one (set spec.image)',
      'Server/mlops-web/main: container main requests no cpu (say how much it needs)',
      'Server/mlops-web/main: container main requests no memory (say how much it needs)',
    ],
  ],
  [{ checks, customResources }],
);

accepts(
  'of a service',
  [
    [
      'its exceptions, where the namespace admits them',
      (draft) => {
        draft.find('Namespace', 'mlops-web').metadata.labels['pod-security.kubernetes.io/enforce'] = 'privileged';
        draft.pod.hostNetwork = true;
        delete draft.container.readinessProbe;
      },
    ],
    [
      'pods that come later',
      (draft) =>
        draft.add(40, 'v1 Service mlops-web/later', { spec: { selector: { run: 'later' }, ports: [{ port: 1 }] } }),
    ],
    [
      'what it makes in the cluster: a Service and a ConfigMap',
      (draft) => {
        draft.container.env.push({ name: 'URL', value: 'http://kept.mlops-web.svc:80/' });
        draft.pod.volumes.push({ name: 'ca', configMap: { name: 'certificates' } });
      },
    ],
    [
      'its public variable, and its host that is no Service',
      (draft) =>
        draft.container.env.push({ name: 'IDENTITY', value: random }, { name: 'SINK', value: 'http://nowhere/' }),
    ],
    [
      'a Service and a connection of the pods that its operator makes',
      (draft) => {
        server(draft);
        draft.add(40, 'v1 Service mlops-web/main', { spec: { selector: { server: 'main' }, ports: [{ port: 1 }] } });
        const [connection] = draft.connections as [Loose];
        draft.connections.push({ ...connection, from: { kind: 'Server', namespace: 'mlops-web', name: 'main' } });
      },
    ],
    [
      'images that it fills in later, or puts together from parts',
      (draft) => {
        draft.container.image = 'later';
        draft.find('ConfigMap', 'settings').data.json = '{"image":"docker.io/a/b","version":"1"}';
      },
    ],
  ],
  [
    { checks, customResources },
    {
      imageSpellings: [
        { placeholder: 'later' },
        { join: ({ image, version }) => (typeof version === 'string' ? `${image as string}:${version}` : undefined) },
      ],
    },
  ],
);

test('rules that services declare are applied too', () => {
  const { output } = smallOutput();
  const rule: Rule = ({ objects }) =>
    objects.flatMap(({ kind }) => (kind === 'Namespace' ? ['Namespace: not here'] : []));
  expect(violations(output, [rule])).toEqual(['Namespace: not here']);
});
