import { isCrd, nameOf, type KubernetesObject } from './object';

/** One text of an object, wherever it stands: an environment variable, a file of a ConfigMap, a field. */
export interface Text {
  /** As messages name its object. */
  readonly owner: string;
  /** Namespace of its object. */
  readonly namespace?: string;
  readonly text: string;
  readonly place: Place;
}

/** Where a text stands, from the inside out: its path is only put together for a message. */
export interface Place {
  readonly key: string;
  readonly parent?: Place;
}

/** `spec.template.spec.containers.0.image` */
export function pathOf({ key, parent }: Place): string {
  return parent === undefined ? key : `${pathOf(parent)}.${key}`;
}

/** Whether a field of this name holds an image: `image`, `storageInitializerImage`, `EXECUTOR_IMAGE`. */
export const isImageKey = (key: string): boolean => /image$/i.test(key);

/**
 * Whether a text could be of interest: it is an image, may hold an address or a file, or is long.
 * Most texts are labels and names, which have rules of their own.
 */
const isTelling = (text: string, key: string): boolean =>
  isImageKey(key) || text.length > 100 || text.includes('/') || text.includes(':') || text.includes('.svc');

/** Every text that is more than a word. Definitions of custom resources are left out: they are schemas. */
export function textsOf(objects: readonly KubernetesObject[]): Text[] {
  const texts: Text[] = [];
  for (const object of objects) if (!isCrd(object)) collect(object, texts);
  return texts;
}

function collect(object: KubernetesObject, texts: Text[]): void {
  const owner = nameOf(object);
  const { namespace } = object.metadata;
  const visit = (value: unknown, key: string, parent?: Place): void => {
    if (typeof value === 'string') {
      if (isTelling(value, key)) texts.push({ owner, namespace, text: value, place: { key, parent } });
    } else if (Array.isArray(value)) {
      const place = { key, parent };
      value.forEach((item, position) => visit(item, String(position), place));
    } else if (typeof value === 'object' && value !== null) {
      const place = { key, parent };
      for (const [inner, item] of Object.entries(value)) visit(item, inner, place);
    }
  };
  for (const [key, value] of Object.entries(object)) visit(value, key);
}
