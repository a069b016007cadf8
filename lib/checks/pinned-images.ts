import { imageIdentity, parseImage } from '../images/images';
import { imageLockName } from '../images/lock';
import { imageUses } from '../images/uses';
import type { CustomResources } from '../kubernetes/custom-resource';
import { nameOf, type KubernetesObject } from '../kubernetes/object';
import type { Rule } from './rule';

/** Every image is a fixed one, by digest where there is a lock, and comes from the mirror where there is one. */
export const imageViolations: Rule = ({ texts, objects, output }) => {
  const { registry, chosen, built, isLocked } = output.images;
  const own = new Set(chosen.map(imageIdentity));
  return [
    ...imageUses(objects, texts, output.declared.imageSpellings).flatMap(({ owner, place, image }) => {
      const { tag, digest } = parseImage(image);
      const subject = `${owner}: ${place} is the image ${image}`;
      if (tag === '' && digest === undefined) return [`${subject}, which has no tag (pin one)`];
      if (tag === 'latest' && digest === undefined)
        return [`${subject}, which changes under its tag (pin another one)`];
      if (isLocked && digest === undefined && !built.includes(image))
        return [`${subject}, which is not in ${imageLockName} (run npm run images -- lock)`];
      if (registry === undefined || image.startsWith(`${registry}/`) || own.has(imageIdentity(image))) return [];
      return [`${subject}, which is not in the mirror ${registry} (take it from the pins)`];
    }),
    ...objects.flatMap((object) => chosenByOperator(object, output.declared.customResources)),
  ];
};

/** Without an image of its own a server may get the one that its operator was built with. */
function chosenByOperator(object: KubernetesObject, customResources: CustomResources): string[] {
  const isNamed = (object.spec as { readonly image?: string } | undefined)?.image !== undefined;
  return !isNamed && customResources.of(object).some(({ choosesImage }) => choosesImage)
    ? [`${nameOf(object)}: names no image, so the operator would choose one (set spec.image)`]
    : [];
}
