import { parseImage } from '../../lib/images/images';
import type { PlatformImage } from '../../lib/images/list';

// CycloneDX 1.5 in JSON: https://cyclonedx.org/docs/1.5/json/

/** The parts of a bill of materials that are written here. Others are passed on as they are. */
export interface Bom {
  readonly metadata: Readonly<Record<string, unknown>> & { readonly component: Component };
  readonly components: readonly Component[];
  readonly [field: string]: unknown;
}

export interface Component {
  readonly 'bom-ref': string;
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly [field: string]: unknown;
}

/** A lock file of pip: its path in the repository, and its content. */
export interface PythonLock {
  readonly path: string;
  readonly text: string;
}

/**
 * The bill of materials of npm's packages, with the images of an output and the packages of Python's lock files. The same
 * inputs give the same text: what npm adds of the moment and of the folder is left out.
 */
export function bomOf(npm: Bom, name: string, images: readonly PlatformImage[], locks: readonly PythonLock[]): Bom {
  const { component, lifecycles, tools } = npm.metadata;
  const others = [...images.map(imageComponent), ...pythonComponents(locks)];
  return {
    ...npm,
    serialNumber: undefined, // JSON leaves it out.
    metadata: { lifecycles, tools, component: { ...component, type: 'application', name } },
    components: [...npm.components, ...others].sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1)),
  };
}

/** purl-spec, types/docker: https://github.com/package-url/purl-spec */
function imageComponent({ image, licence, services }: PlatformImage): Component {
  const { registry, repository, tag, digest } = parseImage(image);
  const version = digest ?? tag;
  return {
    'bom-ref': image,
    type: 'container',
    name: repository,
    version,
    purl: `pkg:docker/${repository}@${encodeURIComponent(version)}?repository_url=${encodeURIComponent(registry)}`,
    ...(licence === 'unknown' ? {} : { licenses: [{ license: { name: licence } }] }),
    properties: services.map((service) => ({ name: 'mlops-infra:service', value: service })),
  };
}

/** Each package in a version once, with the lock files that have it. One of a `-dev` file alone is no part of an image. */
function pythonComponents(locks: readonly PythonLock[]): Component[] {
  const paths = new Map<string, string[]>();
  for (const { path, text } of locks) {
    for (const [, name = '', version = ''] of text.matchAll(/^([\w.-]+)(?:\[[^\]]*\])?==([^\s\\;]+)/gm)) {
      const normal = name.toLowerCase().replace(/[-_.]+/g, '-'); // PEP 503
      const purl = `pkg:pypi/${normal}@${encodeURIComponent(version)}`;
      paths.set(purl, [...(paths.get(purl) ?? []), path]);
    }
  }
  return [...paths].map(([purl, found]) => {
    const files = [...new Set(found)].sort();
    const [name = '', version = ''] = purl.slice('pkg:pypi/'.length).split('@');
    return {
      'bom-ref': purl,
      type: 'library',
      name,
      version: decodeURIComponent(version),
      scope: files.every((path) => /-dev\./.test(path)) ? 'optional' : 'required',
      purl,
      properties: files.map((path) => ({ name: 'mlops-infra:lock', value: path })),
    };
  });
}
