import { join } from 'node:path';
import config from '../config';
import { parseConfig } from '../charts/config';
import { synthesize } from '../charts/synthesize';
import { projectRoot } from '../lib/project';
import { filesIn } from './support/cli';

// The only test that reads config.ts and dist/, which are the user's: every other one has a config of its own.

test('dist/ is what config.ts gives (if this fails: run npm run synth, and commit dist/)', async () => {
  const { contents } = await synthesize(parseConfig(config));
  expect(filesIn(join(projectRoot, 'dist'))).toEqual(Object.fromEntries(contents));
});
