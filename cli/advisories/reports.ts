import { z } from 'zod';
import type { Exception } from './exceptions';

/** What somebody has published about a package in a version that a lock file has. */
export interface Advisory {
  /** Of the databases that know it. */
  readonly ids: readonly string[];
  readonly name: string;
  /** The lock file. */
  readonly lock: string;
  readonly text: string;
}

/** npm 10 and 11: `npm audit --json`. A text in `via` names another package of the report. */
const npmReport = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({
      via: z.array(z.union([z.string(), z.object({ name: z.string(), title: z.string(), url: z.string() })])),
    }),
  ),
});

export const npmAdvisories = (json: string): Advisory[] =>
  Object.values(npmReport.parse(JSON.parse(json)).vulnerabilities)
    .flatMap(({ via }) => via.filter((one) => typeof one !== 'string'))
    .map(({ name, title, url }) => ({
      ...{ ids: [url.split('/').at(-1) ?? url], name, lock: 'package-lock.json', text: title },
    }));

/** pip-audit 2.10: `pip-audit --format json`. */
const pipReport = z.object({
  dependencies: z.array(
    z.object({
      name: z.string(),
      skip_reason: z.string().optional(),
      vulns: z
        .array(z.object({ id: z.string(), aliases: z.array(z.string()), fix_versions: z.array(z.string()) }))
        .default([]),
    }),
  ),
});

export const pipAdvisories = (json: string, lock: string): Advisory[] =>
  pipReport.parse(JSON.parse(json)).dependencies.flatMap(({ name, vulns, skip_reason: skipped }) => [
    // Nothing is known of it, which pip-audit counts as nothing found.
    ...(skipped === undefined ? [] : [{ ids: ['not looked up'], name, lock, text: skipped }]),
    ...vulns.map(({ id, aliases, fix_versions: fixed }) => ({
      ...{ ids: [id, ...aliases], name, lock },
      text: fixed.length === 0 ? 'not fixed yet' : `fixed in ${fixed.join(', ')}`,
    })),
  ]);

/** What is not right yet, one per line. @param today as `2026-12-31` */
export function openAdvisories(
  advisories: readonly Advisory[],
  exceptions: readonly Exception[],
  today: string,
): string[] {
  const covers = ({ id, name }: Exception, advisory: Advisory): boolean =>
    advisory.name === name && advisory.ids.includes(id);
  const open = advisories
    .filter((advisory) => !exceptions.some((one) => covers(one, advisory)))
    .map(({ ids, name, lock, text }) => `${lock}: ${name}: ${ids.join(', ')}: ${text}`);
  const odd = exceptions.flatMap((one) => {
    const where = `cli/advisories/exceptions.ts: ${one.id} of ${one.name}`;
    // Compared as text, which needs each digit.
    if (!/^\d{4}-\d{2}-\d{2}$/.test(one.until)) return [`${where}: ${one.until} is no day (write e.g. 2026-12-31)`];
    if (!advisories.some((advisory) => covers(one, advisory)))
      return [`${where}: is not reported any more (remove it)`];
    return one.until < today
      ? [`${where}: was excepted until ${one.until} (raise the version, or say anew why not)`]
      : [];
  });
  return [...new Set([...open, ...odd])].sort();
}
