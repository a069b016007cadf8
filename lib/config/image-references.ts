import { text } from './primitives';

// distribution/reference: host with optional port; path components in lower case, joined by `.`, `_`, `__` or hyphens.
const imageHost = '[a-z0-9](?:[-.a-z0-9]*[a-z0-9])?(?::\\d{1,5})?';
const imageComponent = '[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*';

export const registry = text(
  'a registry host with optional port and path, without scheme',
  new RegExp(`^(?=.{1,200}$)${imageHost}(?:/${imageComponent})*$`),
  'registry.example.org/mirror',
);

const imageName = `(?=.{1,400}$)(?:${imageHost}/)?${imageComponent}(?:/${imageComponent})*`;
const imageTag = ':(?!latest(?:@|$))[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const imageDigest = '@sha256:[0-9a-f]{64}';

// Not a bare digest: many charts, such as Istio's and Seldon's, insert the colon of the tag themselves.
export const image = text(
  'an image with a tag other than latest, optionally with a digest',
  new RegExp(`^${imageName}${imageTag}(?:${imageDigest})?$`),
  'registry.example.org/app:1.4.0',
);

/** An image that appears only in pods. */
export const containerImage = text(
  'an image with a tag other than latest, or a digest',
  new RegExp(`^${imageName}(?:${imageTag}(?:${imageDigest})?|${imageDigest})$`),
  'registry.example.org/creditcard:1.4.0',
);
