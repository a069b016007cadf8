import { isatty } from 'node:tty';
import { createColors } from 'picocolors';

const wanted = process.env.FORCE_COLOR !== undefined && process.env.FORCE_COLOR !== '0';
const refused = (process.env.NO_COLOR ?? '') !== '' || process.env.TERM === 'dumb';

/** Colours on terminals that want them. picocolors alone would also colour CI logs. */
const colorsOf = (descriptor: number) => createColors(!refused && (wanted || isatty(descriptor)));

/** For standard output. */
export const colors = colorsOf(1);
/** For standard error, which may be a file while standard output is a terminal, or the other way round. */
export const errorColors = colorsOf(2);
