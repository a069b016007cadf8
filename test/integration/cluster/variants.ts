import { missingArchives, type Variant, variantsOn } from './platform';
import type { KubernetesVersion } from './tools';

/** Tests for each source of charts. Without the archives, the original charts are skipped. */
export function describeVariants(version: KubernetesVersion, name: string, tests: (variant: Variant) => void): void {
  const missing = missingArchives();
  for (const variant of variantsOn(version)) {
    const title = `Kubernetes ${version}, ${variant.charts} charts: ${name}`;
    if (variant.charts === 'upstream' && missing.length > 0)
      describe.skip(`${title} (no archive of ${missing[0] ?? ''})`, () => tests(variant));
    else describe(title, () => tests(variant));
  }
}
