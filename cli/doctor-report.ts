import { colors as pc } from './colors';
import type { Diagnosis } from '../cluster/doctor/doctor';
import { counted, type Finding, type Severity } from '../cluster/doctor/finding';

const groups: readonly { readonly severity: Severity; readonly title: string; readonly sign: string }[] = [
  { severity: 'problem', title: 'Would stop the platform:', sign: pc.red('✗') },
  { severity: 'warning', title: 'To know:', sign: pc.yellow('!') },
  { severity: 'unseen', title: 'Could not be looked at:', sign: pc.dim('?') },
  { severity: 'ok', title: 'As it should be:', sign: pc.green('✓') },
];

/** Highest number of lines per finding; `--json` has all of them. */
const mostLines = 30;

/** Findings as text, the worst first, each with its remedy below it. */
export function formatDiagnosis({ cluster, findings }: Diagnosis): string {
  const sections = groups.flatMap(({ severity, title, sign }) => {
    const lines = findings
      .filter((finding) => finding.severity === severity)
      .flatMap((finding) => format(finding, sign));
    return lines.length === 0 ? [] : ['', pc.bold(title), ...lines];
  });
  return [...(cluster === undefined ? [] : [cluster]), ...sections, '', summaryOf(findings)].join('\n').trimStart();
}

function format(finding: Finding, sign: string): string[] {
  const [first = '', ...more] = finding.text.split('\n');
  return [
    `  ${sign} ${pc.bold(finding.subject)}: ${first}`,
    ...more.slice(0, mostLines).map((line) => `      ${line}`),
    ...(more.length > mostLines ? [`      and ${more.length - mostLines} more, which --json has`] : []),
    ...('remedy' in finding ? [`    ${pc.cyan('→')} ${finding.remedy}`] : []),
  ];
}

function summaryOf(findings: readonly Finding[]): string {
  const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  if (problems > 0) return pc.red(`${counted(problems, 'problem')}, ${counted(warnings, 'warning')}.`);
  return `${pc.green('Nothing would stop the platform')}${warnings === 0 ? '' : `; ${counted(warnings, 'warning')}`}.`;
}
