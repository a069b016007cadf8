import { parseImage } from '../../lib/images/images';
import type { LiveObject } from '../../lib/kubernetes/live-object';
import { nameOf, podTemplateOf } from '../../lib/kubernetes/object';
import { about, some, type Finding } from './finding';
import type { ClusterFacts } from './facts';
import { isOurs, type Platform } from './platform';

const { problem, warning } = about('upgrade');

/** An older platform of this name: the sections of docs/upgrading.md that apply to it. */
export function examineUpgrades(platform: Platform, { existing, deployments = [] }: ClusterFacts): Finding[] {
  // The Deployments of the whole cluster: an older platform has some that the new one does not have.
  const workloads = [...existing.values(), ...deployments].filter((live) => isOurs(platform, live));
  const running = new Map(workloads.map((live) => [nameOf(live), imagesOf(live)]));
  return platform.upgrades.flatMap(({ section, from, before }) => {
    const older = [...running].flatMap(([workload, images]) =>
      images.filter((image) => from.test(image)).map((image) => `${workload} runs ${image}`),
    );
    if (older.length === 0) return [];
    const text = some([...new Set(older)]);
    const where = `docs/upgrading.md, "${section}"`;
    return before === undefined
      ? [warning(text, `read what rolls and what migrates: ${where}`)]
      : [problem(text, `before you apply the new manifests, ${before}: ${where}`)];
  });
}

/** The images of a workload or of a custom resource that an operator makes one of: `repository:tag` of each. */
function imagesOf(live: LiveObject): string[] {
  const { containers = [], initContainers = [] } = podTemplateOf(live)?.spec ?? {};
  const { image } = (live.spec ?? {}) as { readonly image?: unknown };
  const references = [...initContainers, ...containers].map((container) => container.image);
  return [...references, ...(typeof image === 'string' ? [image] : [])].map((reference) => {
    const { repository, tag } = parseImage(reference);
    return `${repository}:${tag}`;
  });
}
