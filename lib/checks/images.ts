import { nameOf, type KubernetesObject } from '../kubernetes-object';
import { imageReference, parseImage } from '../wiring/images';
import type { Rule } from './output';
import { pathOf, type Text } from './texts';

/** An image that the cluster will pull. */
interface Use {
  readonly owner: string;
  readonly place: string;
  readonly image: string;
}

/** Every image is a fixed one, and comes from the mirror where there is one. */
export const imageViolations: Rule = ({ texts, objects, output }) => {
  const { registry, overrides } = output.images;
  const own = new Set(overrides.map(identity));
  const uses = [...texts.flatMap(usesIn), ...objects.flatMap(usesInConfigMap)];
  return [
    ...uses.flatMap(({ owner, place, image }) => {
      const { tag, digest } = parseImage(image);
      const subject = `${owner}: ${place} is the image ${image}`;
      if (tag === '' && digest === undefined) return [`${subject}, which has no tag (pin one)`];
      if (tag === 'latest' && digest === undefined)
        return [`${subject}, which changes under its tag (pin another one)`];
      if (registry === undefined || image.startsWith(`${registry}/`) || own.has(identity(image))) return [];
      return [`${subject}, which is not in the mirror ${registry} (take it from the pins)`];
    }),
    ...objects.flatMap(chosenByOperator),
  ];
};

/** What is pulled: of an image with a digest the tag says nothing, and some charts leave it out. */
function identity(image: string): string {
  const pin = parseImage(image);
  return imageReference(pin.digest === undefined ? pin : { ...pin, tag: '' });
}

/** Filled in by others when the pod starts. */
const placeholders: ReadonlySet<string> = new Set([
  // In gateway pods, by istiod's injection (istio 1.17.2, manifests/charts/gateway).
  'auto',
]);

/** `repository/name:tag` or with a digest, without a scheme. */
const fullReference =
  /^[a-z0-9-]+(\.[a-z0-9-]+)*(:\d+)?(\/[a-z0-9._-]+)+(:\w[\w.-]*|(:\w[\w.-]*)?@sha256:[0-9a-f]{64})$/;

/** The same with a registry in front: what else flags say looks too much like one without. */
const fromRegistry = new RegExp(`^(?=[a-z0-9-]+(\\.[a-z0-9-]+|:\\d))${fullReference.source.slice(1)}`);

function usesIn({ owner, text, place }: Text): Use[] {
  const use = (image: string): Use[] => [{ owner, place: pathOf(place), image }];
  if (place.key === 'image') return placeholders.has(text) || text === '' ? [] : use(text);
  // A flag, or a variable of an operator, that names an image to start other pods with.
  if (text.startsWith('--')) {
    const value = text.slice(text.indexOf('=') + 1);
    return fromRegistry.test(value) ? use(value) : [];
  }
  return place.key === 'value' && fullReference.test(text) ? use(text) : [];
}

/** Files that tell operators and injectors which images to use, as JSON or as lines of YAML. */
function usesInConfigMap(object: KubernetesObject): Use[] {
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
    return []; // Not JSON after all, such as a template.
  }
}

function imagesInValue(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { image, defaultImageVersion, hub, tag } = value as Readonly<Record<string, unknown>>;
  return [
    // Seldon keeps image and version apart (seldon-core 1.16.0, predictor_servers), Istio hub and tag.
    ...(typeof image === 'string'
      ? [typeof defaultImageVersion === 'string' ? `${image}:${defaultImageVersion}` : image]
      : []),
    ...(typeof hub === 'string' ? [`${hub}/proxyv2${typeof tag === 'string' ? `:${tag}` : ''}`] : []),
    ...Object.values(value).flatMap(imagesInValue),
  ];
}

/** Without an image of its own a server gets the one that its operator was built with. */
function chosenByOperator(object: KubernetesObject): string[] {
  const isServer = object.kind === 'Prometheus' || object.kind === 'Alertmanager';
  const named = (object.spec as { readonly image?: string } | undefined)?.image !== undefined;
  return isServer && !named
    ? [`${nameOf(object)}: names no image, so the operator would choose one (set spec.image)`]
    : [];
}
