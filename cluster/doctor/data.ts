import { movedData } from '../deploy/moved-data';
import { about, type Finding } from './finding';
import type { ClusterFacts } from './facts';
import { isOurs, type Platform } from './platform';

const { problem } = about('data');

/** Whether each service would find its data again. */
export const examineData = (platform: Platform, { existing }: ClusterFacts): Finding[] =>
  movedData(
    [...existing].filter(([, live]) => isOurs(platform, live)),
    platform.dataRules,
  ).map(({ text, remedy }) => problem(text, remedy));
