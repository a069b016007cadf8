import { finding, type Rule } from '../../lib/config/rule';
import { parseImage } from '../../lib/images/images';

/** The name that Istio's charts append to a hub, as in `<hub>/pilot:<tag>` (istio 1.17.2, values `global.hub`). */
export const istioNames = { istiod: 'pilot', istioProxy: 'proxyv2' };

/** Istio's charts take a registry with a path and a tag, but no other image name and no digest. */
export const hubImages: Rule<{ readonly images: { readonly overrides: Readonly<Record<string, string>> } }> = ({
  images,
}) =>
  Object.entries(istioNames).flatMap(([name, last]) => {
    const reference = images.overrides[name];
    if (reference === undefined) return [];
    const { repository, tag, digest } = parseImage(reference);
    if (new RegExp(`^.+/${last}$`).test(repository) && tag !== '' && digest === undefined) return [];
    const rule = `must end in /${last} with a tag and no digest, behind a path: Istio's charts take no other image`;
    return [
      finding(
        ['images', 'overrides', name],
        reference,
        `${rule} (write e.g. "registry.example.org/istio/${last}:1.17.2")`,
      ),
    ];
  });
