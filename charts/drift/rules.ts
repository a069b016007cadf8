import { formatPath, type Path } from '../../lib/config/path';
import { listedOnce } from '../../lib/config/rules/once';
import { finding, missing, type Rule } from '../../lib/config/rule';
import { sources, type Served } from '../models/served';
import { watchesFeedback, type Detector } from './detectors';

/** The part of the config that the rules read. */
interface Config {
  readonly models: readonly (Served & {
    readonly protocol: 'v1' | 'v2';
    readonly drift?: {
      readonly detectors: readonly Detector[];
      readonly dropColumns: readonly string[];
      readonly registeredModel?: object;
    };
  })[];
}

/**
 * A detector watches the version that is served; only a folder or an image needs `drift.registeredModel`, because it
 * does not tell its version.
 */
export const watchedVersion: Rule<Config> = ({ models }) =>
  models.flatMap((model, index) => {
    const { registeredModel, drift } = model;
    const served = sources.find((key) => model[key] !== undefined);
    if (drift === undefined || served === undefined) return []; // Another rule reports a model that serves nothing.
    const path = ['models', index, 'drift', 'registeredModel'];
    const because = ['models', index, served];
    if (registeredModel === undefined) {
      const rule = `the detector must know which registered version ${served} holds (write e.g. { name: "creditcard", version: 3 })`;
      return drift.registeredModel === undefined ? [missing(path, rule, because)] : [];
    }
    if (drift.registeredModel === undefined) return [];
    const rule = `the detector watches against ${formatPath(because)}, which is served (remove it)`;
    return [finding(path, drift.registeredModel, rule, because)];
  });

/** Only these protocols have a route for feedback (seldon-core 1.17.1, executor/api/rest/server.go). */
export const feedbackProtocol: Rule<Config> = ({ models }) =>
  models.flatMap(({ protocol, drift }, index) => {
    const concept = drift?.detectors.find(watchesFeedback);
    return protocol === 'v2' && concept !== undefined
      ? [
          finding(
            ['models', index, 'protocol'],
            protocol,
            `the detector ${concept} needs feedback messages, which only v1 has (write "v1", or another detector)`,
            ['models', index, 'drift', 'detectors'],
          ),
        ]
      : [];
  });

/** Columns and detectors may be listed only once. */
export const columnsOnce: Rule<Config> = ({ models }, evidence) =>
  models.flatMap(({ drift }, index) => {
    const path: Path = ['models', index, 'drift'];
    return [
      ...listedOnce([...path, 'detectors'], drift?.detectors ?? [], evidence),
      ...listedOnce([...path, 'dropColumns'], drift?.dropColumns ?? [], evidence),
    ];
  });
