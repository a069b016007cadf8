import { missingArchives, variants } from './platform';

type Variant = (typeof variants)[number];

/** Tests for each Kubernetes version and source of charts. Without the archives, the original charts are skipped. */
export function describeVariants(name: string, tests: (variant: Variant) => void): void {
  const missing = missingArchives();
  for (const variant of variants) {
    const title = `Kubernetes ${variant.version}, ${variant.charts} charts: ${name}`;
    if (variant.charts === 'upstream' && missing.length > 0)
      describe.skip(`${title} (no archive of ${missing[0] ?? ''})`, () => tests(variant));
    else describe(title, () => tests(variant));
  }
}
