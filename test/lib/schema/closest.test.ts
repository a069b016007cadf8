import { closest, didYouMean } from '../../../lib/schema/closest';

test.each([
  ['kafak', 'kafka', ['kafka', 'mlflow']],
  ['kaka', 'kafka', ['kafka', 'mlflow']],
  ['kafk', 'kafka', ['kafka', 'mlflow']],
  ['uir', 'uri', ['uri', 'image']],
  ['cpus', 'cpu', ['cpu', 'memory']],
  ['LOADBALANCER', 'loadBalancer', ['nodePort', 'loadBalancer']],
  ['V2', 'v2', ['v1', 'v2']],
  ['postgres', 'postgresql', ['postgresql', 'prefect']],
  ['brokerHost', 'brokerHosts', ['brokerHosts', 'brokerPorts']],
])('%s was meant to be %s', (word, meant, candidates) => {
  expect(closest(word, candidates)).toEqual([meant]);
  expect(didYouMean(word, candidates)).toBe(` (did you mean ${meant}?)`);
});

test.each([
  ['gpu', ['cpu', 'memory'], 'another word'],
  ['url', ['uri', 'image'], 'another word'],
  ['v3', ['v1', 'v2'], 'too short to judge'],
  ['max', ['min'], 'too short to judge'],
  ['kafka', ['kafka'], 'the word itself'],
  ['retention', ['replicas', 'region'], 'far from all'],
  ['', ['a'], 'empty'],
])('%s is no typo of %j: it is %s', (word, candidates) => {
  expect(closest(word, candidates)).toEqual([]);
  expect(didYouMean(word, candidates)).toBe('');
});

test('a word that is as close to several says so', () => {
  expect(didYouMean('hort', ['host', 'port', 'type'])).toBe(' (did you mean host or port?)');
});
