import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Workspace } from '../cluster/workspace';
import { cacheOf, readRecord, type Say, writeRecord } from '../kept';
import { Machine } from './machine';
import type { NodePrograms } from './programs';
import { ctr, dataFolder, startContainerd } from './runtime';

/** Images of containerd, which outlive a node. */
export const containerdFolder = join(cacheOf('node'), 'containerd');

/** Writes an image to a file, as `ctr images import` reads it. */
export type Export = (reference: string, file: string) => Promise<void>;

/**
 * Puts images into the containerd of the node, as far as it does not have them; takes away all others, and what a killed run
 * has left.
 *
 * @param images reference → what decides on the content, such as an ID
 */
export async function loadImages(
  programs: NodePrograms,
  images: ReadonlyMap<string, string>,
  exported: Export,
  say: Say,
): Promise<void> {
  const record = join(containerdFolder, 'loaded.json');
  const loaded = readRecord<string>(record);
  const workspace = new Workspace();
  try {
    const machine = await Machine.start({
      root: programs.root,
      workspace,
      shared: programs.folders,
      path: programs.folders,
      mounts: { [dataFolder]: containerdFolder },
    });
    const containerd = await startContainerd(machine, programs, join(workspace.folder, 'containerd'));
    const listed = async (...what: string[]): Promise<string[]> =>
      (await ctr(machine, programs, ...what, 'ls', '-q')).split('\n').filter((line) => line !== '');
    for (const container of await listed('containers')) await ctr(machine, programs, 'containers', 'rm', container);
    const there = await listed('images');
    for (const name of there) if (!images.has(name)) await ctr(machine, programs, 'images', 'rm', name);
    const archive = join(containerdFolder, 'archive.tar');
    for (const [reference, id] of images) {
      if (loaded[reference] === id && there.includes(reference)) continue;
      const begun = Date.now();
      await exported(reference, archive);
      await ctr(
        machine,
        programs,
        'images',
        'import',
        '--local',
        '--discard-unpacked-layers',
        join(dataFolder, 'archive.tar'),
      );
      rmSync(archive);
      loaded[reference] = id;
      writeRecord(record, loaded);
      say(`${reference}: loaded in ${Math.round((Date.now() - begun) / 1000)} s`);
    }
    await containerd.stop('SIGTERM');
  } finally {
    await workspace.dispose();
  }
}
