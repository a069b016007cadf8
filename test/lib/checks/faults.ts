import { violations } from '../../../lib/checks';
import { declaredBy } from '../../../lib/checks/declared';
import type { ServiceDeclaration } from '../../../lib/service/declaration';
import { smallOutput, type Draft } from './small-output';

/** A fault, how to make it, and every line that comes of it. */
export type Fault = readonly [fault: string, make: (draft: Draft) => void, ...violations: string[]];

type Service = Pick<ServiceDeclaration, 'customResources' | 'checks' | 'imageSpellings' | 'outputRules'>;

/** A thing that looks like a fault and is none. */
export type Innocent = readonly [thing: string, make: (draft: Draft) => void];

/**
 * Makes each fault in a small output that keeps every rule, and expects just its lines.
 *
 * @param services what they declare of themselves
 */
export function finds(rule: string, faults: readonly Fault[], services: readonly Service[] = []): void {
  describe(rule, () => {
    test.each(faults.map(([fault, make, ...violations]) => ({ fault, make, violations })))(
      'finds $fault',
      ({ make, violations }) => {
        expect(violationsWith(make, services)).toEqual(violations);
      },
    );
  });
}

/** The same for what must stay silent. */
export function accepts(rule: string, things: readonly Innocent[], services: readonly Service[] = []): void {
  describe(rule, () => {
    test.each(things.map(([thing, make]) => ({ thing, make })))('accepts $thing', ({ make }) => {
      expect(violationsWith(make, services)).toEqual([]);
    });
  });
}

function violationsWith(make: (draft: Draft) => void, services: readonly Service[]): string[] {
  const draft = smallOutput();
  draft.declared = declaredBy(services);
  make(draft);
  return violations(
    draft.output,
    services.flatMap(({ outputRules }) => outputRules ?? []),
  );
}
