import { formatImages } from '../../../cli/images-table';
import type { PlatformImage } from '../../../lib/images/list';

const image = (name: string, services: readonly string[], fields: Partial<PlatformImage> = {}): PlatformImage => ({
  image: name,
  services,
  origin: 'published',
  licence: 'Apache-2.0',
  architectures: ['amd64', 'arm64', 'arm/v7', 's390x'],
  ...fields,
});

const long = 'registry.k8s.io/sig-storage/nfs-subdir-external-provisioner:v4.0.2';
const images = [
  image('docker.io/library/node:20', ['credentials', 'alerts'], { licence: 'MIT', architectures: ['amd64'] }),
  image('localhost/a:1', ['drift'], { architectures: 'unknown', note: 'built by you' }),
  image(long, ['nfs-provisioner']),
];

test('each service is a heading with its images below it, and an image of two stands in both', () => {
  expect(formatImages(images)).toBe(
    [
      '                                                                      licence     architectures   note',
      'alerts',
      '  docker.io/library/node:20                                           MIT         amd64',
      'credentials',
      '  docker.io/library/node:20                                           MIT         amd64',
      'drift',
      '  localhost/a:1                                                       Apache-2.0  unknown         built by you',
      'nfs-provisioner',
      '  registry.k8s.io/sig-storage/nfs-subdir-external-provisioner:v4.0.2  Apache-2.0  amd64 arm64 +2',
      '',
      '3 images: 2 for amd64, 1 for arm64, 1 unknown',
    ].join('\n'),
  );
});

test.each([110, 100, 80, 72])(
  'in %i columns long names are broken, nothing of them is lost, and no line is longer',
  (columns) => {
    const lines = formatImages(images, columns).split('\n');
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
    const start = lines.findIndex((line) => line.startsWith('  registry.k8s.io'));
    const parts = lines.slice(start, -2).map((line) => line.trim().split('  ')[0]);
    expect(parts.join('')).toBe(long);
  },
);
