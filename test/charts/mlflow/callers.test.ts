import { allowedHosts, allowedOrigins, type Callers } from '../../../charts/mlflow/callers';
import { Endpoint } from '../../../lib/graph/endpoint';

const callers: Callers = {
  services: ['mlflow-tracking-server'],
  namespace: 'tracking',
  domain: 'k8s.example.org',
  port: 5000,
  allowedHosts: [],
};
const inside = (host: string): string[] => [host, `${host}:5000`];
const always = [
  ...inside('mlflow-tracking-server'),
  ...inside('mlflow-tracking-server.tracking'),
  ...inside('mlflow-tracking-server.tracking.svc'),
  ...inside('mlflow-tracking-server.tracking.svc.k8s.example.org'),
  ...inside('$(POD_IP)'),
  ...inside('[$(POD_IP)]'),
  ...inside('localhost'),
  ...inside('127.0.0.1'),
];

test('MLflow that is not exposed answers by its names in the cluster, and to the pod itself', () => {
  expect(allowedHosts(callers)).toEqual(always);
  expect(allowedOrigins(callers)).toEqual([]);
});

test.each([
  ['on a node port', new Endpoint('192.0.2.10', 30500, 'http'), '192.0.2.10:30500', 'http://192.0.2.10:30500'],
  ['on IPv6', new Endpoint('2001:db8::1', 30500, 'http'), '[2001:db8::1]:30500', 'http://[2001:db8::1]:30500'],
  ['by an Ingress with TLS', new Endpoint('ml.example.org', 443, 'https'), 'ml.example.org', 'https://ml.example.org'],
  ['by an Ingress without', new Endpoint('ml.example.org', 80, 'http'), 'ml.example.org', 'http://ml.example.org'],
])('MLflow that is exposed %s also answers as a browser calls it there', (_, exposed, host, origin) => {
  expect(allowedHosts({ ...callers, exposed })).toEqual([...always, host]);
  expect(allowedOrigins({ ...callers, exposed })).toEqual([origin]);
});

test('hosts of the config are added, with and without TLS as origins', () => {
  const more = { ...callers, allowedHosts: ['proxy.example.org'] };
  expect(allowedHosts(more)).toEqual([...always, 'proxy.example.org']);
  expect(allowedOrigins(more)).toEqual(['http://proxy.example.org', 'https://proxy.example.org']);
});
