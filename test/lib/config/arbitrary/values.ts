import fc from 'fast-check';
import type { Pen } from './pen';

export const hosts = fc.oneof(
  fc.constantFrom('192.0.2.10', 'node.example.org', '2001:db8::10', 'EXAMPLE.org', '::1'),
  fc.domain(),
);
export const hostNames = fc.oneof(
  { weight: 5, arbitrary: fc.domain().map((name) => name.toLowerCase()) },
  fc.constantFrom('a.example.org', 'b.example.org'),
);
export const nodePorts = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 30000, max: 32767 }) },
  fc.constantFrom(30500, 30900, 30093, 32766),
);
export const annotations = fc.dictionary(
  fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom('example.org/a', 'b', 'toString') },
    fc.constantFrom('constructor', 'bad key'),
  ),
  fc.constantFrom('', 'true', 'ä: "1"\n- x'),
  { maxKeys: 2 },
);
export const labels = fc.dictionary(
  fc.constantFrom('example.org/a', 'istio', 'release'),
  fc.constantFrom('', 'ingressgateway', 'x'),
  { maxKeys: 2 },
);
export const urls = fc.constantFrom(
  'https://s3.example.org',
  'http://192.0.2.1:9000',
  'http://[2001:db8::1]:9000/base',
  'http://minio.store.svc.cluster.local:9000',
);
const quantities = {
  cpu: fc.constantFrom('50m', '500m', '1', '2.5', '4'),
  memory: fc.constantFrom('256Mi', '1Gi', '2G', '8Gi'),
};

/** What a component or a model may use. */
export const figures = ({ write, some }: Pen) =>
  some({
    cpu: write(quantities.cpu),
    memory: write(quantities.memory),
    cpuLimit: write(fc.constant('4')),
    memoryLimit: write(fc.constant('8Gi')),
  });
