import { npmAdvisories, openAdvisories, pipAdvisories } from '../../cli/advisories/reports';

const npm = JSON.stringify({
  auditReportVersion: 2,
  vulnerabilities: {
    a: {
      name: 'a',
      via: [{ source: 1, name: 'a', title: 'reads files', url: 'https://github.com/advisories/GHSA-1' }],
    },
    b: { name: 'b', via: ['a'] },
  },
});
const pip = JSON.stringify({
  dependencies: [
    { name: 'c', version: '1', vulns: [{ id: 'PYSEC-1', aliases: ['CVE-1'], fix_versions: ['2'], description: 'd' }] },
    { name: 'd', skip_reason: 'not found' },
  ],
  fixes: [],
});
const advisories = [...npmAdvisories(npm), ...pipAdvisories(pip, 'requirements.txt')];
const lines = [
  'package-lock.json: a: GHSA-1: reads files',
  'requirements.txt: c: PYSEC-1, CVE-1: fixed in 2',
  'requirements.txt: d: not looked up: not found',
];
const excepted = { id: 'CVE-1', name: 'c', until: '2026-06-01', reason: 'is not called' };

test('each advisory is open once, where it began, until it is excepted by any of its names', () => {
  expect(openAdvisories(advisories, [], '2026-01-01')).toEqual(lines);
  expect(openAdvisories(advisories, [excepted], '2026-06-01')).toEqual([lines[0], lines[2]]);
});

test('an exception until something that is no day holds for nothing', () => {
  expect(openAdvisories(advisories, [{ ...excepted, until: '2026-9-30' }], '2026-12-15')).toContainEqual(
    'cli/advisories/exceptions.ts: CVE-1 of c: 2026-9-30 is no day (write e.g. 2026-12-31)',
  );
});

test('an exception ends with its day, and with its advisory', () => {
  const where = 'cli/advisories/exceptions.ts: CVE-1 of c';
  expect(openAdvisories(advisories, [excepted], '2026-06-02')).toContainEqual(expect.stringContaining(`${where}: was`));
  expect(openAdvisories([], [excepted], '2026-01-01')).toEqual([`${where}: is not reported any more (remove it)`]);
});
