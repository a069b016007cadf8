import { Endpoint } from '../../../lib/graph/endpoint';
import { accepts, finds } from './faults';
import { crd, type Draft, type Loose } from './small-output';

const web = 'Deployment/mlops-web/web';

const nodePort = (draft: Draft, name: string, ports: Loose[]): Loose =>
  draft.add(40, `v1 Service mlops-web/${name}`, { spec: { type: 'NodePort', selector: { app: 'web' }, ports } });

finds('selectors', [
  [
    'a Service that matches no pod',
    (draft) => (draft.find('Service', 'web').spec.selector.app = 'wep'),
    'Service/mlops-web/web: its selector app=wep matches no pod (compare it with the labels of the pod template)',
  ],
  [
    'a Service that leads to a port which the pods do not have',
    (draft) => (draft.find('Service', 'web').spec.ports[0].targetPort = 'https'),
    `Service/mlops-web/web: port http leads to port https, which ${web} does not have (name one of its ports)`,
  ],
  [
    'a workload that does not match its own pods',
    (draft) => {
      draft.find('Deployment', 'web').spec.selector.matchLabels.tier = 'front';
    },
    `${web}: its selector app=web,tier=front does not match its own pods (repeat it in the template's labels)`,
  ],
  [
    'a workload that matches the pods of another one',
    (draft) => (draft.find('Deployment', 'web').spec.selector.matchLabels = { 'app.kubernetes.io/part-of': 'mlops' }),
    `${web}: its selector app.kubernetes.io/part-of=mlops also matches the pods of StatefulSet/mlops-web/db (add a label that tells them apart)`,
  ],
  [
    'a disruption budget and a network policy for no pod',
    (draft) => {
      const selector = { matchExpressions: [{ key: 'app', operator: 'In', values: ['wep'] }] };
      draft.add(40, 'policy/v1 PodDisruptionBudget mlops-web/web', { spec: { maxUnavailable: 1, selector } });
      draft.add(40, 'networking.k8s.io/v1 NetworkPolicy mlops-web/web', { spec: { podSelector: selector } });
    },
    'PodDisruptionBudget/mlops-web/web: its selector app In wep matches no pod (compare it with the labels of the pod template)',
    'NetworkPolicy/mlops-web/web: its selector app In wep matches no pod (compare it with the labels of the pod template)',
  ],
]);

accepts('selectors', [
  [
    'the Service of one pod of a StatefulSet',
    (draft) =>
      draft.add(40, 'v1 Service mlops-web/db-0', {
        spec: { selector: { 'statefulset.kubernetes.io/pod-name': 'db-0' }, ports: [{ port: 1 }] },
      }),
  ],
]);

finds('waves', [
  [
    'an object before its namespace',
    (draft) => {
      draft.add(50, 'v1 Namespace late');
      draft.add(40, 'v1 ConfigMap late/other');
    },
    'ConfigMap/late/other: is in wave 40, but needs Namespace/late (its namespace) of wave 50 (give its file a later wave)',
  ],
  [
    'a custom resource beside its definition',
    (draft) => {
      crd(draft, 'example.org', 'Thing');
      draft.add(5, 'example.org/v1 Thing mlops-web/one');
    },
    'Thing/mlops-web/one: is in wave 5, but needs CustomResourceDefinition/things.example.org (its definition) of wave 10 (give its file a later wave)',
  ],
  [
    'a pod before its settings',
    (draft) => {
      draft.remove('ConfigMap', 'settings');
      draft.add(50, 'v1 ConfigMap mlops-web/settings', { data: { URL: '' } });
    },
    `${web}: is in wave 40, but needs ConfigMap/mlops-web/settings (envFrom of container web) of wave 50 (give its file a later wave)`,
    `${web}: is in wave 40, but needs ConfigMap/mlops-web/settings (volume files) of wave 50 (give its file a later wave)`,
    'StatefulSet/mlops-web/db: is in wave 40, but needs ConfigMap/mlops-web/settings (envFrom of container db) of wave 50 (give its file a later wave)',
    'StatefulSet/mlops-web/db: is in wave 40, but needs ConfigMap/mlops-web/settings (volume files) of wave 50 (give its file a later wave)',
  ],
  [
    'a client before what it connects to',
    (draft) => {
      draft.add(50, 'v1 Service mlops-web/cache', { spec: { selector: { app: 'db' }, ports: [{ port: 6379 }] } });
      const endpoint = new Endpoint('cache.mlops-web.svc.cluster.local', 6379, 'redis');
      draft.connections.push({
        from: { kind: 'Deployment', namespace: 'mlops-web', name: 'web' },
        to: endpoint,
        purpose: 'pages',
      });
    },
    `${web}: is in wave 40, but needs Service/mlops-web/cache (pages) of wave 50 (give its file a later wave)`,
  ],
]);

finds('node ports', [
  [
    'one that is given twice',
    (draft) => {
      nodePort(draft, 'one', [{ port: 80, nodePort: 30080 }]);
      nodePort(draft, 'two', [{ port: 80, nodePort: 30080 }]);
    },
    'Service/mlops-web/two: node port 30080 is that of Service/mlops-web/one (choose another one)',
  ],
  [
    'one below the range',
    (draft) => nodePort(draft, 'one', [{ port: 80, nodePort: 8080 }]),
    'Service/mlops-web/one: node port 8080 is out of range (choose one from 30000 to 32767)',
  ],
  [
    'one that is left to chance',
    (draft) => nodePort(draft, 'one', [{ name: 'http', port: 80 }]),
    'Service/mlops-web/one: port http gets any free node port (give it one, or leave it out)',
  ],
]);

accepts('node ports', [
  [
    'the same one for TCP and UDP',
    (draft) =>
      nodePort(draft, 'one', [
        { name: 'tcp', port: 53, nodePort: 30053 },
        { name: 'udp', port: 53, nodePort: 30053, protocol: 'UDP' },
      ]),
  ],
]);
