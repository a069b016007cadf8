import { imagePins } from '../../charts/config';
import { asOf, programs } from '../../charts/releases';
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

test('the newest version of a line belongs to it, and no line is newer than the newest version', () => {
  for (const { name, lines, newest } of programs) {
    for (const [line, { newest: ofLine }] of Object.entries(lines)) {
      expect({ name, ofLine, line, is: belongsTo(ofLine, line) }).toMatchObject({ is: true });
      expect(compareVersions(ofLine, newest)).toBeLessThanOrEqual(0);
    }
  }
});
