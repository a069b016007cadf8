import { Endpoint } from '../../../lib/graph/endpoint';

test('a Service has its full name in the cluster as its address', () => {
  const service = { name: 'kafka', namespace: 'mlops-kafka', domain: 'cluster.local', port: 9092, scheme: 'kafka' };
  const endpoint = Endpoint.ofService(service);
  expect(endpoint.authority).toBe('kafka.mlops-kafka.svc.cluster.local:9092');
  expect(endpoint.url()).toBe('kafka://kafka.mlops-kafka.svc.cluster.local:9092');
  expect(endpoint.url('/topic')).toBe('kafka://kafka.mlops-kafka.svc.cluster.local:9092/topic');
});

test.each([
  ['http://h', 'h', 80, 'http', 'h:80', 'http://h/x'],
  ['https://h', 'h', 443, 'https', 'h:443', 'https://h/x'],
  ['http://h:443', 'h', 443, 'http', 'h:443', 'http://h:443/x'],
  ['https://h:80/', 'h', 80, 'https', 'h:80', 'https://h:80/x'],
  ['https://h:443/base/path/', 'h', 443, 'https', 'h:443', 'https://h/base/path/x'],
  ['http://192.0.2.1:8080/base', '192.0.2.1', 8080, 'http', '192.0.2.1:8080', 'http://192.0.2.1:8080/base/x'],
  ['http://[2001:db8::1]', '[2001:db8::1]', 80, 'http', '[2001:db8::1]:80', 'http://[2001:db8::1]/x'],
])('%s is read as host, port and path', (text, host, port, scheme, authority, url) => {
  const endpoint = Endpoint.ofUrl(text);
  expect(endpoint).toMatchObject({ host, port, scheme });
  expect(endpoint.authority).toBe(authority);
  expect(endpoint.url('/x')).toBe(url);
});

test('an IPv6 address gets the brackets that a URL needs', () => {
  expect(new Endpoint('2001:db8::1', 30500, 'http').url('/')).toBe('http://[2001:db8::1]:30500/');
  expect(new Endpoint('2001:db8::1', 80, 'http').url('/')).toBe('http://[2001:db8::1]/');
});
