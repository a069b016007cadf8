import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changesOf, imageLockOf, readImageLock } from '../../../lib/images/lock';
import { temporaryFolder } from '../../support/temporary';

const path = join(temporaryFolder(), 'images.lock.json');
const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;

test('the lock of a config is beside it', () => {
  expect(imageLockOf('environments/production/config.ts')).toBe('environments/production/images.lock.json');
});

test('without the file nothing is locked', () => {
  expect(readImageLock(path)).toBeUndefined();
});

test('a lock has the digest of each reference', () => {
  writeFileSync(path, JSON.stringify({ 'docker.io/a/b:1': digest('1') }));
  expect(readImageLock(path)).toEqual({ 'docker.io/a/b:1': digest('1') });
});

test.each([
  ['{', /not a lock of images \(.*JSON/],
  ['[]', /not a lock of images/],
  [`{"docker.io/a/b:1":"sha256:1"}`, /must be sha256: and 64 hexadecimal digits\n.*docker\.io\/a\/b:1/],
])('%s is refused, with the way out', (text, reason) => {
  writeFileSync(path, text);
  expect(() => readImageLock(path)).toThrow(reason);
  expect(() => readImageLock(path)).toThrow(/git restore images\.lock\.json.*delete it: .*npm run images -- lock/s);
});

test('changes are what the lock lacks, and what a tag means anew', () => {
  const locked = { a: digest('1'), b: digest('2'), unused: digest('3') };
  expect(changesOf(locked, { c: digest('4'), b: digest('5'), a: digest('1') })).toEqual({ added: ['c'], moved: ['b'] });
});
