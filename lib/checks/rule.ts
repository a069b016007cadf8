import type { OutputIndex } from './output-index';

/** A rule over the complete output: one line per violation, `Kind/namespace/name: what is wrong (what to do)`. */
export type Rule = (index: OutputIndex) => string[];
