import { z } from 'zod';

/** These compare predictions with the truth in feedback messages; the others compare requests with the reference. */
const conceptDetectors = ['adwin', 'ddm', 'eddm', 'kswin', 'page-hinkley'] as const;

export const detector = z.enum(['mmd', 'ks', 'psi', 'chi2', ...conceptDetectors]);

export type Detector = z.output<typeof detector>;

/** Whether a detector compares predictions with the truth. */
export const watchesFeedback = (name: Detector): boolean => conceptDetectors.some((concept) => concept === name);

/** Whether a model has a detector that compares the truth in a feedback message with the model's answer. */
export const comparesAnswers = ({ drift }: { readonly drift?: { readonly detectors: readonly Detector[] } }): boolean =>
  drift?.detectors.some(watchesFeedback) ?? false;
