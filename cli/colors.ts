import { createColors } from 'picocolors';

const wanted = process.env.FORCE_COLOR !== undefined && process.env.FORCE_COLOR !== '0';
const refused = (process.env.NO_COLOR ?? '') !== '' || process.env.TERM === 'dumb';

/** Colours on a terminal that wants them; picocolors alone would also colour the logs of every CI. */
export const colors = createColors(!refused && (wanted || process.stdout.isTTY));
