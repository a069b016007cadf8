import { violations as check } from '../../../lib/checks';
import { smallOutput, type Draft } from './small-output';

/** A fault, how to make it, and every line that comes of it. */
export type Fault = readonly [fault: string, make: (draft: Draft) => void, ...violations: string[]];

/** A thing that looks like a fault and is none. */
export type Innocent = readonly [thing: string, make: (draft: Draft) => void];

/** Makes each fault in a small output that keeps every rule, and expects just its lines. */
export function finds(rule: string, faults: readonly Fault[]): void {
  describe(rule, () => {
    test.each(faults.map(([fault, make, ...violations]) => ({ fault, make, violations })))(
      'finds $fault',
      ({ make, violations }) => {
        const draft = smallOutput();
        make(draft);
        expect(check(draft.output)).toEqual(violations);
      },
    );
  });
}

/** The same for what must stay silent. */
export function accepts(rule: string, things: readonly Innocent[]): void {
  describe(rule, () => {
    test.each(things.map(([thing, make]) => ({ thing, make })))('accepts $thing', ({ make }) => {
      const draft = smallOutput();
      make(draft);
      expect(check(draft.output)).toEqual([]);
    });
  });
}
