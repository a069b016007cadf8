import { App, Chart } from 'cdk8s';
import type { HttpExposure } from '../../../lib/config/sections/exposure';
import { Exposed, PublicAddress, publicEndpoint, serviceSettings } from '../../../lib/graph/exposure';

const host = '192.0.2.10';

test.each<[HttpExposure, object, string | undefined]>([
  [{ type: 'nodePort', port: 30500 }, { type: 'NodePort', nodePort: 30500 }, 'http://192.0.2.10:30500/'],
  [{ type: 'loadBalancer', annotations: {} }, { type: 'LoadBalancer' }, 'http://192.0.2.10:5000/'],
  [
    { type: 'loadBalancer', host: 'lb.example.org', annotations: { a: 'b' } },
    { type: 'LoadBalancer', annotations: { a: 'b' } },
    'http://lb.example.org:5000/',
  ],
  [{ type: 'ingress', host: 'x.example.org', annotations: {} }, { type: 'ClusterIP' }, 'http://x.example.org/'],
  [
    { type: 'ingress', host: 'x.example.org', tlsSecret: 'tls', annotations: { a: 'b' } },
    { type: 'ClusterIP' },
    'https://x.example.org/',
  ],
  [
    { type: 'nodePort', port: 30443, tlsSecret: 'tls', clientCertificates: false },
    { type: 'NodePort', nodePort: 30443 },
    'https://192.0.2.10:30443/',
  ],
  [
    { type: 'loadBalancer', host: 'lb.example.org', tlsSecret: 'tls', clientCertificates: false, annotations: {} },
    { type: 'LoadBalancer' },
    'https://lb.example.org/',
  ],
  [{ type: 'cluster' }, { type: 'ClusterIP' }, undefined],
])('%j makes a Service and an address that fit', (exposure, settings, url) => {
  expect(serviceSettings(exposure)).toStrictEqual(settings);
  expect(publicEndpoint(exposure, host, 5000)?.url('/')).toBe(url);
});

function ingresses(exposure: HttpExposure) {
  const chart = new Chart(new App(), 'service', { namespace: 'space' });
  new Exposed(chart, 'expose', { title: 'Web', exposure, externalHost: host, service: 'web', port: 5000 });
  return chart.toJson();
}

test('an Ingress leads to the Service', () => {
  const exposure = { type: 'ingress', host: 'x.example.org', annotations: {} } as const;
  expect(ingresses(exposure)).toEqual([
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'web', namespace: 'space' },
      spec: {
        rules: [
          {
            host: 'x.example.org',
            http: {
              paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 5000 } } } }],
            },
          },
        ],
      },
    },
  ]);
});

test('class, certificate and annotations of an Ingress are those of the config', () => {
  const annotations = { 'example.org/a': 'b' };
  const exposure = {
    type: 'ingress',
    host: 'x.example.org',
    className: 'nginx',
    tlsSecret: 'tls',
    annotations,
  } as const;
  expect(ingresses(exposure)).toMatchObject([
    {
      metadata: { annotations },
      spec: { ingressClassName: 'nginx', tls: [{ hosts: ['x.example.org'], secretName: 'tls' }] },
    },
  ]);
});

test('no other exposure makes an Ingress', () => {
  for (const exposure of [{ type: 'cluster' }, { type: 'nodePort', port: 30500 }] as const) {
    expect(ingresses(exposure)).toEqual([]);
  }
});

test('what is exposed is found in the tree, with its address and under a name of its own', () => {
  const app = new App();
  const chart = new Chart(app, 'service', { namespace: 'space' });
  const props = { title: 'Web', externalHost: host, service: 'web', port: 5000 };
  new Exposed(chart, 'inside', { ...props, exposure: { type: 'cluster' } });
  new Exposed(chart, 'outside', { ...props, exposure: { type: 'nodePort', port: 30500 } });
  expect(Exposed.allIn(app).map(({ name }) => name)).toEqual(['service-inside', 'service-outside']);
  expect(PublicAddress.allIn(app).map(({ props }) => props)).toEqual([
    { service: 'Web', url: 'http://192.0.2.10:30500/', withoutLogin: false },
  ]);
  expect(Exposed.allIn(app).flatMap(({ portForward }) => portForward ?? [])).toEqual([
    { service: 'Web', command: 'kubectl -n space port-forward service/web 5000' },
  ]);
});
