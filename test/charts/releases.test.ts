import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { imagePins } from '../../charts/config';
import { asOf, programs } from '../../charts/releases';
import { projectRoot } from '../../lib/project';
import { belongsTo, compareVersions } from '../../lib/upkeep/release';

// Programs of this repository: their version is that of the repository.
const ours = ['driftDetector', 'modelInitializer'];

test('the upkeep of every image is known once', () => {
  const known = programs.flatMap(({ images }) => images);
  expect([...known, ...ours].sort()).toEqual(Object.keys(imagePins).sort());
});

test('the facts have a date and sources', () => {
  expect(asOf).toMatch(/^\d{4}-\d\d-\d\d$/);
  for (const { source } of programs) expect(source).toMatch(/^https:\/\/\S+$/);
});

test('docs/versions.md lists every known hole, with its source', () => {
  const text = readFileSync(join(projectRoot, 'docs/versions.md'), 'utf8');
  const listed = [...text.matchAll(/^\| \[(CVE-[\d-]+)\]\((\S+)\) +\| (.+?) +\| (.+?) +\|$/gm)].map(
    ([, ...cells]) => cells,
  );
  const known = programs.flatMap(({ name, lines }) =>
    Object.values(lines).flatMap(({ holes = [] }) =>
      holes.map(({ id, source, fixed = 'not fixed' }) => [id, source, name, fixed]),
    ),
  );
  expect(listed.sort()).toEqual(known.sort());
});

test('the newest version of a line belongs to it, and no line is newer than the newest version', () => {
  for (const { name, lines, newest } of programs) {
    for (const [line, { newest: ofLine }] of Object.entries(lines)) {
      expect({ name, ofLine, line, is: belongsTo(ofLine, line) }).toMatchObject({ is: true });
      expect(compareVersions(ofLine, newest)).toBeLessThanOrEqual(0);
    }
  }
});
