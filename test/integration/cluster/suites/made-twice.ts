import type { KubernetesObject } from '../../../../lib/kubernetes/object';

// kubernetes 1.36.3, apimachinery: pkg/api/errors/errors.go, NewAlreadyExists, with the resource as in `deployments.apps`.
const alreadyExists = /(?:^|: )([a-z]+)(?:\.[a-z0-9.-]+)? "([^"]+)" already exists$/;

/**
 * Whether the message of an event is about an object that a controller has made twice, because its cache was a moment
 * old. An object that the manifests have too would be a clash.
 */
export function madeTwice(message: string, manifests: readonly KubernetesObject[]): boolean {
  const [, resource, name] = alreadyExists.exec(message) ?? [];
  const isIt = ({ kind, metadata }: KubernetesObject): boolean =>
    metadata.name === name && resourcesOf(kind.toLowerCase()).includes(resource ?? '');
  return resource !== undefined && !manifests.some(isIt);
}

/** What the plural of a kind may be. */
const resourcesOf = (kind: string): string[] => [kind, `${kind}s`, `${kind}es`, kind.replace(/y$/, 'ies')];
