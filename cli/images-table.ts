import { colors as pc } from './colors';
import type { Architecture } from '../lib/images/declared';
import type { PlatformImage } from '../lib/images/list';

/** Narrowest column of image names, in characters. */
const narrowest = 24;

/**
 * A table of the images of each service and their facts.
 *
 * @param columns width of the terminal, at which long names are wrapped; undefined for a pipe, with one image per line
 */
export function formatImages(images: readonly PlatformImage[], columns = Infinity): string {
  const rows = images.map((image) => ({ ...image, cells: cellsOf(image) }));
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map(({ cells }) => cells[column]?.length ?? 0)),
  );
  const rest = widths.reduce((sum, width) => sum + width + 2, 0);
  const longest = Math.max(...images.map(({ image }) => image.length));
  const width = Math.min(longest, Math.max(narrowest, columns - rest - 2));
  const line = (name: string, cells: readonly string[]): string =>
    `  ${[name.padEnd(width), ...cells.map((cell, column) => cell.padEnd(widths[column] ?? 0))].join('  ')}`.trimEnd();
  const services = [...new Set(images.flatMap((image) => image.services))].sort();
  return [
    pc.dim(line('', header)),
    ...services.flatMap((service) => [
      pc.bold(service),
      ...rows
        .filter((row) => row.services.includes(service))
        .flatMap(({ image, cells }) => {
          const [first = '', ...more] = broken(image, width);
          return [line(first, cells), ...more.map((part) => `    ${part}`)];
        }),
    ]),
    '',
    summary(images),
  ].join('\n');
}

const header = ['licence', 'architectures', 'note'] as const;

const cellsOf = ({ licence, architectures, note = '' }: PlatformImage): string[] => [
  licence,
  formatArchitectures(architectures),
  note,
];

/** Names the common architectures, and counts the others. */
function formatArchitectures(architectures: readonly Architecture[] | 'unknown'): string {
  if (architectures === 'unknown') return architectures;
  const common = architectures.filter((name) => name === 'amd64' || name === 'arm64');
  const others = architectures.length - common.length;
  return [...common, ...(others > 0 ? [`+${others}`] : [])].join(' ');
}

/** Splits a name into parts of at most `width` characters, after a slash where possible. */
function broken(name: string, width: number): string[] {
  if (name.length <= width) return [name];
  const start = name.slice(0, width);
  const at = start.lastIndexOf('/') + 1 || width;
  return [name.slice(0, at), ...broken(name.slice(at), width - 2)];
}

function summary(images: readonly PlatformImage[]): string {
  const on = (architecture: Architecture): number =>
    images.filter(({ architectures }) => architectures !== 'unknown' && architectures.includes(architecture)).length;
  const unknown = images.filter(({ architectures }) => architectures === 'unknown').length;
  return `${images.length} images: ${on('amd64')} for amd64, ${on('arm64')} for arm64, ${unknown} unknown`;
}
