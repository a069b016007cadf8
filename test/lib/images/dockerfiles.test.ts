import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { imagePins } from '../../../charts/config';
import { localImages, type LocalImage } from '../../../lib/images/local';
import { projectRoot } from '../../../lib/project';
import { parseImage } from '../../../lib/images/images';

// What can be told, without a container engine, of the images that users build.

const images = localImages(imagePins, {});

/** Instructions with their arguments, continued lines joined, comments left out. */
function instructionsOf({ folder }: LocalImage): [instruction: string, rest: string][] {
  const text = readFileSync(join(projectRoot, folder, 'Dockerfile'), 'utf8');
  const lines = text
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line) => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1)]);
}

const all = (image: LocalImage, name: string): string[] =>
  instructionsOf(image).flatMap(([instruction, rest]) => (instruction === name ? [rest] : []));

test('each is built under a name of its own', () => {
  expect(images.map(({ name }) => name)).toEqual(['mlflow', 'model-initializer', 'drift']);
});

describe.each(images)('$name', (image) => {
  test('is based on images with a registry, and a tag that says which version', () => {
    const defaults = new Map(all(image, 'ARG').map((text) => text.split('=', 2) as [string, string]));
    const bases = all(image, 'FROM').map((text) =>
      (text.split(' ')[0] ?? '').replace(/\$\{(\w+)\}/g, (_, name: string) => defaults.get(name) ?? ''),
    );
    expect(bases.length).toBeGreaterThan(0);
    for (const base of bases) {
      expect(base).toMatch(/^[\w-]+\.[\w.-]+\//);
      expect(parseImage(base).tag).toMatch(/^\d+\.\d+\.\d+-/);
    }
  });

  test('ends as a user that Kubernetes can see is not root', () => {
    const instructions = instructionsOf(image);
    const last = instructions.slice(instructions.map(([instruction]) => instruction).lastIndexOf('FROM'));
    const users = last.filter(([instruction]) => instruction === 'USER').map(([, user]) => user);
    expect(users.at(-1)).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  test('copies only what is in its context', () => {
    const copied = all(image, 'COPY').filter((text) => !text.startsWith('--from='));
    const sources = copied.flatMap((text) => text.split(' ').slice(0, -1));
    expect(sources.length).toBeGreaterThan(0);
    for (const source of sources) expect(existsSync(join(projectRoot, image.context, source))).toBe(true);
  });

  test('installs packages by their hashes and no other way', () => {
    const installs = all(image, 'RUN').filter((text) => text.includes('pip install'));
    expect(installs).toHaveLength(1);
    expect(installs[0]).toContain('--require-hashes');
    expect(installs[0]).toContain('--only-binary :all:');
  });
});
