import type { Output, Rule } from './output';
import { schemaViolations } from './schemas';
import { identityViolations } from './identity';

const rules: readonly Rule[] = [identityViolations, schemaViolations];

/** What is wrong with an output, by every rule; empty when nothing is. */
export const check = (output: Output): string[] => rules.flatMap((rule) => rule(output));
