import { nameOf, type KubernetesObject } from '../kubernetes/object';
import { isImageKey, pathOf, type Text } from '../kubernetes/texts';
import type { ImageSpelling } from './spelling';

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
 * @param spellings those that services declare
 */
export const imageUses = (
  objects: readonly KubernetesObject[],
  texts: readonly Text[],
  spellings: readonly ImageSpelling[],
): ImageUse[] => {
  const placeholders = new Set(['', ...spellings.flatMap(({ placeholder }) => placeholder ?? [])]);
  const uses = [...texts.flatMap(usesIn), ...objects.flatMap((object) => usesInConfigMap(object, spellings))];
  return uses.filter(({ image }) => !placeholders.has(image));
};

/** `repository/name:tag` or with a digest, without a scheme. */
const fullReference =
  /^[a-z0-9-]+(\.[a-z0-9-]+)*(:\d+)?(\/[a-z0-9._-]+)+(:\w[\w.-]*|(:\w[\w.-]*)?@sha256:[0-9a-f]{64})$/;

/** The same with a registry in front: without one, too many other values of flags look alike. */
const fromRegistry = new RegExp(`^(?=[a-z0-9-]+(\\.[a-z0-9-]+|:\\d))${fullReference.source.slice(1)}`);

function usesIn({ owner, text, place }: Text): ImageUse[] {
  const use = (image: string): ImageUse[] => [{ owner, place: pathOf(place), image }];
  if (isImageKey(place.key)) return use(text);
  // A flag, or a variable of an operator, that names an image for other pods.
  if (text.startsWith('--')) {
    const value = text.slice(text.indexOf('=') + 1);
    return fromRegistry.test(value) ? use(value) : [];
  }
  return place.key === 'value' && fullReference.test(text) ? use(text) : [];
}

/** Files that tell operators and injectors which images to use, as JSON or as lines of YAML. */
function usesInConfigMap(object: KubernetesObject, spellings: readonly ImageSpelling[]): ImageUse[] {
  if (object.kind !== 'ConfigMap') return [];
  return Object.entries((object.data ?? {}) as Readonly<Record<string, string>>).flatMap(([key, text]) => {
    const images = text.trimStart().startsWith('{') ? imagesInJson(text, spellings) : imagesInYaml(text);
    return images.map((image) => ({ owner: nameOf(object), place: `data.${key}`, image }));
  });
}

const imagesInYaml = (text: string): string[] =>
  [...text.matchAll(/^[ \t-]*["']?([\w-]+)["']?:[ \t]*["']?([\w./:@-]+)["']?[ \t]*$/gm)].flatMap(
    ([, key = '', image = '']) => (isImageKey(key) ? [image] : []),
  );

function imagesInJson(text: string, spellings: readonly ImageSpelling[]): string[] {
  try {
    return imagesInValue(JSON.parse(text), spellings);
  } catch {
    return []; // Not JSON, but perhaps a template.
  }
}

function imagesInValue(value: unknown, spellings: readonly ImageSpelling[]): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const fields = value as Readonly<Record<string, unknown>>;
  const joined = spellings.flatMap(({ join }) => join?.(fields) ?? []);
  return [
    ...joined,
    ...Object.entries(fields).flatMap(([key, field]) => {
      if (typeof field !== 'string') return imagesInValue(field, spellings);
      // Part of a joined image, and not an image by itself.
      return isImageKey(key) && !joined.some((image) => image.startsWith(`${field}:`)) ? [field] : [];
    }),
  ];
}
