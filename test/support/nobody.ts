import { spawnSync } from 'node:child_process';

/** User and group of nobody. */
export const nobody = 65534;

/** A test that is somebody else for a moment: skipped unless this is root, with a Node.js that others may start too. */
export const asNobody =
  process.getuid?.() === 0 && spawnSync(process.execPath, ['--version'], { uid: nobody, cwd: '/' }).status === 0
    ? test
    : test.skip;
