import { addressRules } from './addresses';
import { clusterRules } from './cluster';
import { imageRules } from './images';
import { kafkaRules } from './kafka';
import { modelRules } from './models';
import { nodePortsOnce } from './ports';
import type { PlatformConfig } from '../parse';
import type { Evidence, Finding, Rule } from './rule';
import { serviceRules } from './services';
import { sizeRules } from './sizes';

const rules: readonly Rule[] = [
  ...clusterRules,
  ...serviceRules,
  ...addressRules,
  nodePortsOnce,
  ...kafkaRules,
  ...sizeRules,
  ...modelRules,
  ...imageRules,
];

/** What is wrong between fields, by every rule. */
export const findings = (config: PlatformConfig, evidence: Evidence): Finding[] =>
  rules.flatMap((rule) => rule(config, evidence)).filter(({ because }) => evidence.isSure(...because));
