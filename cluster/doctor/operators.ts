import { nameOf, podTemplateOf, type KubernetesObject } from '../../lib/kubernetes/object';
import { parseImage } from '../../lib/images/images';
import { about, counted, some, type Finding } from './finding';
import type { ClusterFacts } from './facts';
import { isOurs, makerOf, type Platform } from './platform';

const { problem, ok } = about('operators');

/** Last parts of the image names in the objects, which identify a program in any registry. */
export const programsOf = (objects: readonly KubernetesObject[]): Set<string> =>
  new Set(
    objects.flatMap((object) => (podTemplateOf(object)?.spec.containers ?? []).map(({ image }) => programOf(image))),
  );

const programOf = (image: string): string => parseImage(image).repository.split('/').at(-1) ?? image;

/** Other operators that would act on the same custom resources. */
export function examineOperators(platform: Platform, { deployments }: ClusterFacts): Finding[] {
  if (deployments === undefined) return [];
  const programs = programsOf(platform.objects);
  const installed = platform.operators.filter(({ program }) => programs.has(program));
  const findings = installed.flatMap(({ name, program, instead }) => {
    const others = deployments.filter((live) => !isOurs(platform, live) && programsOf([live]).has(program));
    const [first] = others;
    if (first === undefined) return [];
    const places = some(others.map((live) => nameOf(live).replace('Deployment/', '')));
    return [
      problem(
        `another ${name} runs in the cluster: ${places} (by ${makerOf(first)}); both would act on the same objects`,
        instead,
      ),
    ];
  });
  if (findings.length > 0 || installed.length === 0) return findings;
  return [
    ok(`no other ${installed.map(({ name }) => name).join(', ')} (${counted(deployments.length, 'Deployment')} seen)`),
  ];
}
