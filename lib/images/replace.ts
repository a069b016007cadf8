import type { KubernetesObject } from '../kubernetes/object';

const version = String.raw`(?::\w[\w.-]{0,127}(?:@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})`;

/** A registry with a dot, a path, and a tag or digest, inside a longer text such as a flag. */
const full = String.raw`(?<![\w./@:-])[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?(?:/[a-z0-9._-]+)+${version}(?![\w/])`;

/** The value of a key `image` in embedded YAML or JSON, where short names of docker.io are understood too. */
const keyed = String.raw`(?<=\bimage["']?:[ \t]*["']?)[a-z0-9][\w.-]*[/:][\w./:@-]*(?=["']?[ \t]*(?:[,}]|$))`;

const inText = new RegExp(`${full}|${keyed}`, 'gm');

/**
 * Replaces every image in an object: fields called `image`, and references in any other text, such as arguments,
 * variables, ConfigMaps and custom resources. Skips definitions of custom resources, which name no images.
 */
export function replaceImages(object: KubernetesObject, replace: (reference: string) => string): KubernetesObject {
  return object.kind === 'CustomResourceDefinition' ? object : (visit(object, '', replace) as KubernetesObject);
}

function visit(value: unknown, key: string, replace: (reference: string) => string): unknown {
  if (typeof value === 'string') {
    // Words such as `auto` are placeholders.
    if (key === 'image') return /[/:]/.test(value) ? replace(value) : value;
    return /[/:]/.test(value) ? value.replace(inText, (reference) => replace(reference)) : value;
  }
  if (Array.isArray(value)) return value.map((item) => visit(item, key, replace));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, visit(item, name, replace)]));
}
