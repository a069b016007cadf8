import { execFile } from 'node:child_process';
import { isInstalled } from '../lib/images/installed';
import { projectRoot } from '../lib/project';
import { exceptions } from './advisories/exceptions';
import { npmAdvisories, openAdvisories, pipAdvisories, type Advisory } from './advisories/reports';
import { pythonLocks } from './sbom/inputs';
import { print, printError } from './terminal';

// npm run advisories: asks the registries' databases about every locked package, by `npm audit` and `pip-audit`.

async function main(): Promise<void> {
  const npm = npmAdvisories(await report('npm', ['audit', '--json']));
  const python: Advisory[] = [];
  if (isInstalled('pip-audit')) {
    for (const { path } of pythonLocks()) {
      const args = ['--requirement', path, '--require-hashes', '--disable-pip', '--format', 'json'];
      python.push(...pipAdvisories(await report('pip-audit', args), path));
    }
  } else printError('pip-audit: not in PATH, so nothing is said of Python (pip install pip-audit==2.10.1)');
  const open = openAdvisories([...npm, ...python], exceptions, new Date().toISOString().slice(0, 10));
  for (const line of open) printError(line);
  print(`${npm.length + python.length} advisories, ${open.length} open`);
  if (open.length > 0) process.exitCode = 1;
}

/** The report of a program, which exits with 1 where it has something to say. */
function report(program: string, args: readonly string[]): Promise<string> {
  const options = { cwd: projectRoot, env: process.env, maxBuffer: 2 ** 28 };
  return new Promise((resolve, reject) => {
    execFile(program, [...args], options, (error, stdout, stderr) => {
      const isReport = /^\s*\{\s*"(auditReportVersion|dependencies)"/.test(stdout);
      if (isReport) resolve(stdout);
      else
        reject(
          new Error(`${program} gives no report: ${(stderr || stdout || (error?.message ?? '')).trim().slice(0, 500)}`),
        );
    });
  });
}

main().catch((error: unknown) => {
  printError((error as Error).message);
  process.exitCode = 1;
});
