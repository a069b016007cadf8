import { pathOf, type Text } from '../checks/texts';
import { nameOf, type KubernetesObject } from '../kubernetes/object';

/** A part of the output that makes the cluster pull an image. */
export interface ImageUse {
  /** Name of the object in messages. */
  readonly owner: string;
  readonly place: string;
  readonly image: string;
}

/**
 * Every use of an image: in containers, in flags and variables of operators, in custom resources, and in files that
 * tell operators and injectors what to put into pods.
 *
 * @param texts all strings of the objects
 */
export const imageUses = (objects: readonly KubernetesObject[], texts: readonly Text[]): ImageUse[] => [
  ...texts.flatMap(usesIn),
  ...objects.flatMap(usesInConfigMap),
];

/** Replaced when the pod starts. */
const placeholders: ReadonlySet<string> = new Set([
  // In gateway pods, by istiod's injection (istio 1.17.2, manifests/charts/gateway).
  'auto',
]);

/** `repository/name:tag` or with a digest, without a scheme. */
const fullReference =
  /^[a-z0-9-]+(\.[a-z0-9-]+)*(:\d+)?(\/[a-z0-9._-]+)+(:\w[\w.-]*|(:\w[\w.-]*)?@sha256:[0-9a-f]{64})$/;

/** The same with a registry in front: without one, too many other values of flags look alike. */
const fromRegistry = new RegExp(`^(?=[a-z0-9-]+(\\.[a-z0-9-]+|:\\d))${fullReference.source.slice(1)}`);

function usesIn({ owner, text, place }: Text): ImageUse[] {
  const use = (image: string): ImageUse[] => [{ owner, place: pathOf(place), image }];
  if (place.key === 'image') return placeholders.has(text) || text === '' ? [] : use(text);
  // A flag, or a variable of an operator, that names an image for other pods.
  if (text.startsWith('--')) {
    const value = text.slice(text.indexOf('=') + 1);
    return fromRegistry.test(value) ? use(value) : [];
  }
  return place.key === 'value' && fullReference.test(text) ? use(text) : [];
}

/** Files that tell operators and injectors which images to use, as JSON or as lines of YAML. */
function usesInConfigMap(object: KubernetesObject): ImageUse[] {
  if (object.kind !== 'ConfigMap') return [];
  return Object.entries((object.data ?? {}) as Readonly<Record<string, string>>).flatMap(([key, text]) => {
    const images = text.trimStart().startsWith('{') ? imagesInJson(text) : imagesInYaml(text);
    return images.map((image) => ({ owner: nameOf(object), place: `data.${key}`, image }));
  });
}

const imagesInYaml = (text: string): string[] =>
  [...text.matchAll(/^[ \t-]*["']?image["']?:[ \t]*["']?([\w./:@-]+)["']?[ \t]*$/gm)].map(([, image = '']) => image);

function imagesInJson(text: string): string[] {
  if (!/"(image|hub)"/.test(text)) return [];
  try {
    return imagesInValue(JSON.parse(text));
  } catch {
    return []; // Not JSON, but perhaps a template.
  }
}

function imagesInValue(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { image, defaultImageVersion, hub, tag } = value as Readonly<Record<string, unknown>>;
  return [
    // Seldon separates image and version (seldon-core 1.16.0, predictor_servers), Istio hub and tag.
    ...(typeof image === 'string'
      ? [typeof defaultImageVersion === 'string' ? `${image}:${defaultImageVersion}` : image]
      : []),
    ...(typeof hub === 'string' ? [`${hub}/proxyv2${typeof tag === 'string' ? `:${tag}` : ''}`] : []),
    ...Object.values(value).flatMap(imagesInValue),
  ];
}
