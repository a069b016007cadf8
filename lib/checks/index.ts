import { addressViolations } from './cluster-addresses';
import { connectionViolations } from './connections';
import { danglingViolations } from './dangling';
import { grantViolations } from './grants';
import { identityViolations } from './identity';
import { imageViolations } from './pinned-images';
import { labelViolations } from './labels';
import { nameViolations } from './names';
import { namespaceViolations } from './namespaces';
import { nodePortViolations } from './node-ports';
import type { Output } from './output';
import type { Rule } from './rule';
import { OutputIndex } from './output-index';
import { podHygieneViolations } from './pod-hygiene';
import { podSecurityViolations } from './pod-security';
import { schemaViolations } from './schemas';
import { secretValueViolations } from './secret-values';
import { selectorViolations } from './selectors';
import { sizeViolations } from './object-size';
import { waveViolations } from './waves';

const rules: readonly Rule[] = [
  identityViolations,
  nameViolations,
  namespaceViolations,
  danglingViolations,
  addressViolations,
  connectionViolations,
  selectorViolations,
  waveViolations,
  nodePortViolations,
  imageViolations,
  secretValueViolations,
  podSecurityViolations,
  podHygieneViolations,
  grantViolations,
  labelViolations,
  sizeViolations,
];

/**
 * What is wrong with an output, by every rule; empty when nothing is. While objects do not have the shape of their kind
 * only that is reported: what the other rules would say of them could be wrong.
 *
 * @param ofServices the rules that services declare
 */
export function violations(output: Output, ofServices: readonly Rule[] = []): string[] {
  const malformed = schemaViolations(output);
  if (malformed.length > 0) return malformed;
  const index = new OutputIndex(output);
  return [...rules, ...ofServices].flatMap((rule) => rule(index));
}
