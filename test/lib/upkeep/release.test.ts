import { type Hole, compareVersions, upkeepOf, versionOf, type Line, type Program } from '../../../lib/upkeep/release';

const program = (lines: Readonly<Record<string, Line>>): Program => ({
  name: 'Broker',
  images: ['broker', 'tool'],
  source: 'https://broker.example.org/releases',
  newest: '4.1.0',
  lines,
});

const hole = (id: string, fixed?: string): Hole => ({ id, fixed, source: 'https://example.org' });

const lines = {
  '3.9': { newest: '3.9.2', ends: '2026-12-31', holes: [hole('CVE-1', '3.9.1'), hole('CVE-2')] },
  '4.0': { newest: '4.0.3' },
  4: { newest: '4.1.0' },
};

const problemsOf = (tag: string, today = '2026-06-01'): readonly string[] =>
  upkeepOf([program(lines)], { broker: tag }, today).flatMap(({ problems }) => problems);

test('a version older than every line has ended', () => {
  expect(problemsOf('3.8.1')).toEqual(['has ended']);
});

test('a program without a line has ended', () => {
  const [upkeep] = upkeepOf([program({})], { broker: '9.9' }, '2026-06-01');
  expect(upkeep?.problems).toEqual(['has ended']);
});

test('a version newer than every line must be looked up', () => {
  expect(problemsOf('5.0.0')).toEqual(['is newer than what is known of it: look it up']);
});

test('a line ends with its last day, and not on it', () => {
  expect(problemsOf('3.9.2', '2026-12-31')).toEqual(['has CVE-2, which is not fixed']);
  expect(problemsOf('3.9.2', '2027-01-01')).toEqual(['has ended on 2026-12-31', 'has CVE-2, which is not fixed']);
});

test('a hole is one until the version that fixes it', () => {
  expect(problemsOf('v3.9.0')).toEqual(['has CVE-1, fixed in 3.9.1', 'has CVE-2, which is not fixed']);
});

test('the closest line counts: 4.0 before 4, and 4.10 is not 4.1', () => {
  expect(upkeepOf([program(lines)], { broker: '4.0.1' }, '2026-06-01')[0]?.line).toBe(lines['4.0']);
  expect(upkeepOf([program({ '4.1': lines['4.0'] })], { broker: '4.10.0' }, '2026-06-01')[0]?.line).toBeUndefined();
});

test('images of one version are one program, and of two versions two', () => {
  const pinned = (tags: Readonly<Record<string, string>>) =>
    upkeepOf([program(lines)], tags, '2026-06-01').map((upkeep) => upkeep.pinned);
  expect(pinned({ broker: '4.0.1-slim', tool: 'v4.0.1', other: '1.0' })).toEqual(['4.0.1']);
  expect(pinned({ broker: '4.0.1', tool: '4.0.2' })).toEqual(['4.0.1', '4.0.2']);
});

test.each([
  ['15.3-bookworm', '15.3'],
  ['v2.41.0', '2.41.0'],
  ['RELEASE.2024-12-18T13-15-44Z', '2024-12-18'],
  ['21.08-py3', '21.08'],
  ['latest', 'latest'],
])('the tag %s is of version %s', (tag, version) => {
  expect(versionOf(tag)).toBe(version);
});

test('versions are compared by number', () => {
  const ascending = ['0.9', '0.10', '1', '1.0.1', '2024-12-18', '2025-01-02'];
  expect(ascending.toReversed().sort(compareVersions)).toEqual(ascending);
  expect(compareVersions('1.0', '1')).toBe(0);
});
