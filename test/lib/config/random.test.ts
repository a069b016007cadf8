import { App } from 'cdk8s';
import fc from 'fast-check';
import { buildPlatform } from '../../../charts/platform';
import { identityViolations } from '../../../lib/checks/identity';
import { nameViolations } from '../../../lib/checks/names';
import type { Output } from '../../../lib/checks/output';
import { OutputIndex } from '../../../lib/checks/output-index';
import { schemaViolations } from '../../../lib/checks/schemas';
import { parseConfig, type PlatformConfig } from '../../../charts/config';
import { ConfigError } from '../../../lib/config/parse';
import { HelmRelease } from '../../../lib/helm/release';
import { declared } from '../../../charts/catalog';
import { collect } from '../../../lib/output/collect';
import { EveryPod } from '../../../lib/output/every-pod';
import { loadPrograms } from '../../../charts/programs';
import { synthesize } from '../../../charts/synthesize';
import { configs } from './arbitrary';

const runs = 1_500;
const inputs = fc.sample(configs, { numRuns: runs, seed: 20_240_229 });

/** The complete config, or what it is refused for. Any other exception is passed on. */
function outcome(input: unknown): PlatformConfig | readonly string[] {
  try {
    return parseConfig(input);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

const outcomes = inputs.map(outcome);
const accepted = outcomes.filter((result): result is PlatformConfig => !Array.isArray(result));
const refused = outcomes.filter((result): result is readonly string[] => Array.isArray(result));

test(`${runs} random configs are each accepted or refused, and there are many of both`, () => {
  expect(accepted.length).toBeGreaterThan(runs / 6);
  expect(refused.length).toBeGreaterThan(runs / 6);
});

test('every refusal is a list of lines, each with a path, a value and a rule, and no line is there twice', () => {
  expect(refused.filter((problems) => problems.length === 0)).toEqual([]);
  expect(refused.filter((problems) => new Set(problems).size < problems.length)).toEqual([]);
  expect(refused.flat().filter((problem) => !/^[^\n]+: [^\n]+ — [^\n]+$/.test(problem))).toEqual([]);
});

test('the rules between fields are broken often enough that they are tested with the others', () => {
  const text = refused.flat().join('\n');
  for (const rule of [
    'need',
    'has no effect',
    'already has this node port',
    'has this host already',
    'number of brokers',
    'limit of',
  ]) {
    expect(text).toContain(rule);
  }
});

test('every accepted config builds a platform whose own objects of built-in kinds are valid and unique, Helm left out', () => {
  const results = accepted.map((config) => ({ config, violations: ownViolations(config) }));
  expect(results.filter(({ violations }) => violations.length > 0)).toEqual([]);
});

test('a sample of them, spread over all, is synthesized with Helm and breaks no rule', async () => {
  const sample = accepted.filter((_, index) => index % Math.floor(accepted.length / 16) === 0);
  for (const config of sample) await synthesize(config);
}, 120_000);

const programs = loadPrograms();

/** Custom kinds are left out: their schemas come out of Helm charts. */
function ownViolations(config: PlatformConfig): string[] {
  const app = new App();
  buildPlatform(app, config, programs);
  for (const release of HelmRelease.allIn(app)) release.objects = [];
  const apiGroups = new Set(['networking.istio.io', 'machinelearning.seldon.io', 'monitoring.coreos.com']);
  const output: Output = {
    files: collect(app, {
      platform: config.name,
      pods: new EveryPod(config),
      customResources: declared.customResources,
    }),
    secrets: [],
    connections: [],
    domain: config.cluster.domain,
    pullSecrets: config.images.pullSecrets,
    images: { chosen: [], built: [], isLocked: false },
    external: {
      namespaces: new Set(),
      clientNamespaces: new Set(),
      secrets: [],
      tlsSecrets: new Set(),
      storageClasses: new Set(),
      apiGroups,
    },
    declared,
  };
  const index = new OutputIndex(output);
  return [...schemaViolations(output), ...identityViolations(index), ...nameViolations(index)];
}
