import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { imagePins } from '../charts/config';
import { projectRoot } from '../lib/project';
import renovate from '../renovate.json';

// Renovate finds pins by regular expressions, and says nothing about one that it does not find.

/** Files below charts/ that a pattern of Renovate, `/…/`, matches. */
const matching = (patterns: readonly string[]): string[] =>
  readdirSync(join(projectRoot, 'charts'), { recursive: true, encoding: 'utf8' })
    .map((path) => `charts/${path}`)
    .filter((path) => patterns.some((pattern) => new RegExp(pattern.slice(1, -1)).test(path)));

interface Found {
  readonly image: string;
  readonly tag: string;
}

const found: readonly Found[] = renovate.customManagers.flatMap((manager) =>
  matching(manager.managerFilePatterns).flatMap((file) => {
    const text = readFileSync(join(projectRoot, file), 'utf8');
    return manager.matchStrings.flatMap((pattern) =>
      [...text.matchAll(new RegExp(pattern, 'g'))].map(({ groups }) => {
        const registry = manager.registryUrlTemplate?.replace('https://', '');
        return {
          image: [registry, groups?.depName].flatMap((part) => part ?? []).join('/'),
          tag: groups?.currentValue ?? '',
        };
      }),
    );
  }),
);

const pins = Object.values(imagePins)
  .filter(({ registry }) => registry !== 'localhost')
  .map(({ registry, repository, tag }) => ({ image: `${registry}/${repository}`, tag }));

/** `docker.io/istio` of `docker.io/istio/pilot`: images of one owner share a version. */
const owner = (image: string): string => image.slice(0, image.lastIndexOf('/'));

test('every pin of a published image is found, by itself or as one of several that share a version', () => {
  expect(pins.length).toBeGreaterThan(20);
  const missed = pins.filter(
    (pin) => !found.some(({ image, tag }) => owner(image) === owner(pin.image) && `${pin.tag}-`.startsWith(`${tag}-`)),
  );
  expect(missed).toEqual([]);
});

test('nothing else is raised', () => {
  const left = renovate.packageRules.flatMap(({ enabled, matchPackageNames, ...rule }) =>
    enabled === false && !('matchUpdateTypes' in rule) ? matchPackageNames : [],
  );
  const others = found.filter(
    ({ image, tag }) => !pins.some((pin) => pin.image === image && `${pin.tag}-`.startsWith(`${tag}-`)),
  );
  expect(others.map(({ image }) => image)).toEqual(left.map((name) => `docker.io/${name}`));
});
