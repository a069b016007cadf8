import type { Accepted } from './accepted';
import type { Finding } from './judges';

const covers = ({ judge, check, objects }: Accepted, finding: Finding): boolean =>
  judge === finding.judge && check === finding.check && (objects === undefined || objects.test(finding.object));

/** What is not right yet, one per line: findings that nobody has accepted, and acceptances that nothing needs any more. */
export function openIssues(
  findings: readonly Finding[],
  accepted: readonly Accepted[],
  heard: ReadonlySet<string>,
): string[] {
  const open = findings
    .filter((finding) => !accepted.some((one) => covers(one, finding)))
    .map(({ judge, check, object, text }) => `${object}: ${judge} ${check}: ${text}`);
  const unneeded = accepted
    .filter((one) => heard.has(one.judge) && !findings.some((finding) => covers(one, finding)))
    .map(({ judge, check, objects }) => {
      const where = objects === undefined ? '' : ` of ${String(objects)}`;
      return `${judge} ${check}${where}: is accepted, but not found any more (remove it from cli/audit/accepted.ts)`;
    });
  return [...new Set([...open, ...unneeded])].sort();
}
