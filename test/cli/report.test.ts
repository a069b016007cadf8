import { describeFiles, expectedSecrets, formatDemand, formatReport, type Report } from '../../cli/report';

const object = (kind: string) => ({ apiVersion: 'v1', kind, metadata: { name: 'x' } });
const none = { cpu: 0, cpuLimit: 0, memory: 0, memoryLimit: 0, disk: 0 };
const some = { cpu: 1.25, cpuLimit: 4, memory: 1.5 * 2 ** 30, memoryLimit: 4 * 2 ** 30, disk: 0 };

const report: Report = {
  out: 'dist',
  changed: true,
  files: [
    { name: '00-a.yaml', bytes: 1234, objects: { Namespace: 1 } },
    { name: '40-database.yaml', bytes: 10, objects: { Service: 2, Secret: 1 } },
  ],
  demands: { total: some, perNode: none },
  addresses: [],
  portForwards: [],
  expectedSecrets: [],
};

const text = (given: Report): string => formatReport(given).replace(/\u001b\[\d+m/g, '');

test('files are described by their size in bytes and by how many objects of which kind', () => {
  const files = [{ name: 'a.yaml', wave: 0, objects: ['Secret', 'Service', 'Secret'].map(object) }];
  expect(describeFiles(files, new Map([['a.yaml', 'é']]))).toEqual([
    { name: 'a.yaml', bytes: 2, objects: { Secret: 2, Service: 1 } },
  ]);
});

test('Secrets are expected with their keys, and never with a value', () => {
  const source = { namespace: 'other', name: 'y', key: 'k' };
  const keys = {
    password: { random: 24 },
    a: { value: 'public' },
    copy: { copyOf: source },
    token: { jwt: { sub: 'me' }, signedWith: source },
    url: { template: 'x://{p}', values: { p: source } },
  };
  expect(expectedSecrets([{ namespace: 'space', name: 'x', keys }])).toEqual([
    {
      namespace: 'space',
      name: 'x',
      keys: {
        a: 'public',
        copy: 'the same as k of other/y',
        password: 'your choice, 24 characters',
        token: 'a JSON Web Token with the claims {"sub":"me"}, signed by HS512 with k of other/y',
        url: 'x://{p}, where {p} is k of other/y, percent-encoded',
      },
    },
  ]);
});

test('the table lists the files and their sum', () => {
  expect(text(report).split('\n').slice(0, 5)).toEqual([
    '  00-a.yaml          1.2 kB  Namespace',
    '  40-database.yaml   0.0 kB  2 Service, Secret',
    '  total              1.2 kB  4 objects in 2 files',
    '',
    '  Asks for 1.25 CPU (at most 4), 1.5 GiB of memory (at most 4 GiB).',
  ]);
});

test('what runs on every node, addresses and Secrets are shown when there are any', () => {
  const plain = text(report);
  for (const part of ['every node', '://', 'Secrets']) expect(plain).not.toContain(part);
  const full = text({
    ...report,
    demands: { total: some, perNode: some },
    addresses: [
      { service: 'MLflow', url: 'http://h/' },
      { service: 'model a', url: 'http://h/a' },
    ],
    expectedSecrets: [{ namespace: 'space', name: 'x', keys: { a: 'public', b: 'your choice' } }],
  });
  expect(full).toContain('And on every node 1.25 CPU');
  expect(full).toContain('  MLflow   http://h/\n  model a  http://h/a\n');
  expect(full).toContain('Secrets that you provide:\n  space/x\n    a  public\n    b  your choice\n');
});

test('a demand is in cores and GiB, and disks are named when there are any', () => {
  expect(formatDemand({ ...some, cpu: 0.1 + 0.2, disk: 20 * 2 ** 30 })).toBe(
    '0.3 CPU (at most 4), 1.5 GiB of memory (at most 4 GiB), 20 GiB of disk',
  );
});

test('many kinds are broken into lines, one below the other', () => {
  const objects = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`LongKindOfObject${index}`, 1]));
  const lines = text({ ...report, files: [{ name: '00-a.yaml', bytes: 1, objects }] }).split('\n');
  const kinds = lines.slice(
    0,
    lines.findIndex((line) => line.startsWith('  total')),
  );
  expect(kinds.length).toBeGreaterThan(2);
  for (const line of kinds) expect(line.indexOf('LongKind')).toBe(22);
  expect(kinds.join(' ').match(/LongKindOfObject/g)).toHaveLength(20);
});
