import { isatty } from 'node:tty';
import { createColors } from 'picocolors';

const wanted = process.env.FORCE_COLOR !== undefined && process.env.FORCE_COLOR !== '0';
const refused = (process.env.NO_COLOR ?? '') !== '' || process.env.TERM === 'dumb';

/** Colours on a terminal that wants them; picocolors alone would also colour the logs of every CI. */
const colorsOf = (descriptor: number) => createColors(!refused && (wanted || isatty(descriptor)));

/** For what goes to the standard output. */
export const colors = colorsOf(1);
/** For what goes to the standard error, which may be a file while the output is a terminal, or the other way round. */
export const errorColors = colorsOf(2);
