import { join } from 'node:path';
import config from '../config';
import { parseConfig } from '../charts/config';
import { synthesize } from '../charts/synthesize';
import { readFileSync } from 'node:fs';
import { projectRoot } from '../lib/project';
import { filesIn, run } from './support/cli';
import { temporaryFolder } from './support/temporary';

// The only tests that read config.ts and what follows from it, which are the user's: all others have configs of their own.

test('dist/ is what config.ts gives (if this fails: run npm run synth, and commit dist/)', async () => {
  const { contents } = await synthesize(parseConfig(config));
  expect(filesIn(join(projectRoot, 'dist'))).toEqual(Object.fromEntries(contents));
});

const out = join(temporaryFolder(), 'platform');

test('docs/platform.* is what config.ts gives (if this fails: run npm run graph, and commit it)', async () => {
  const { code, stderr } = await run(process.execPath, ['--require', 'tsx/cjs', 'cli/graph.ts', '--out', out], {
    cwd: projectRoot,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const ending of ['svg', 'mmd', 'json']) {
    const written = readFileSync(`${out}.${ending}`, 'utf8');
    expect(written === readFileSync(join(projectRoot, `docs/platform.${ending}`), 'utf8')).toBe(true);
  }
});
