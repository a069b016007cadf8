import { watchesFeedback } from '../sections/model';
import { finding, type Rule } from './rule';

const namesOnce: Rule = ({ models }, { isSure }) => {
  const indexOf = new Map<string, number>();
  return models.flatMap(({ name }, index) => {
    if (!isSure(['models', index, 'name'])) return [];
    const first = indexOf.get(name);
    indexOf.set(name, first ?? index);
    if (first === undefined) return [];
    const rule = `models[${first}] has this name already (choose another one)`;
    return [finding(['models', index, 'name'], name, rule)];
  });
};

const protocols: Rule = ({ models }) =>
  models.flatMap(({ server, protocol }, index) =>
    protocol === 'v1' && (server === 'huggingface' || server === 'triton')
      ? [
          finding(
            ['models', index, 'protocol'],
            protocol,
            `the ${server} server speaks only v2 (write "v2", or remove it)`,
            ['models', index, 'server'],
          ),
        ]
      : [],
  );

/** Feedback has a route only there (seldon-core 1.16.0, executor/api/rest/server.go). */
const feedbackProtocol: Rule = ({ models }) =>
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

export const modelRules: readonly Rule[] = [namesOnce, protocols, feedbackProtocol];
