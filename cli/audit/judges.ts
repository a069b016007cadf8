import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** What a program of others finds wrong with an object. */
export interface Finding {
  readonly judge: string;
  /** Its name for the check. */
  readonly check: string;
  /** `Kind/namespace/name`, or `Kind/name`. */
  readonly object: string;
  readonly text: string;
}

/** A program of others that judges manifests. */
export interface Judge {
  readonly name: string;
  /** How to get it. */
  readonly install: string;
  /** All findings about a folder with a file for each object. */
  readonly judge: (folder: string) => Promise<Finding[]>;
}

/** The standard output of a program, which exits with 1 where it finds something. Undefined where it is not installed. */
async function output(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { maxBuffer: 2 ** 28, env: process.env }, (error, stdout, stderr) => {
      if (error === null || (error.code === 1 && stdout !== '')) resolve(stdout);
      else reject(new Error(`${program}: ${stderr.trim().split('\n').at(-1) ?? ''} ${error.message.split('\n')[0]}`));
    });
  });
}

const filesIn = (folder: string): string[] => readdirSync(folder).map((name) => join(folder, name));

/** checkov 3.3: `--output json`. */
const checkovReport = z.object({
  summary: z.object({ parsing_errors: z.number() }),
  results: z.object({
    failed_checks: z.array(z.object({ check_id: z.string(), check_name: z.string(), resource: z.string() })),
  }),
});

const checkov: Judge = {
  name: 'checkov',
  install: 'pip install checkov==3.3.30',
  judge: async (folder) => {
    const args = ['--directory', folder, '--framework', 'kubernetes', '--output', 'json', '--compact', '--quiet'];
    const { results, summary } = checkovReport.parse(JSON.parse(await output('checkov', [...args, '--skip-download'])));
    if (summary.parsing_errors > 0) throw new Error(`checkov cannot read ${summary.parsing_errors} objects`);
    return results.failed_checks.map(({ check_id: check, check_name: text, resource }) => ({
      ...{ judge: 'checkov', check, text, object: resource.replaceAll('.', '/') },
    }));
  },
};

/** kube-score 1.20: `--output-format json`, renderer/json_v2. */
const kubeScoreReport = z.array(
  z.object({
    type_meta: z.object({ kind: z.string() }),
    object_meta: z.object({ name: z.string(), namespace: z.string().optional() }),
    checks: z.array(
      z.object({
        check: z.object({ id: z.string(), name: z.string() }),
        grade: z.number(),
        skipped: z.boolean(),
        comments: z.array(z.object({ summary: z.string() })).nullable(),
      }),
    ),
  }),
);

/** kube-score's grades: 1 is critical, 5 a warning, 7 almost right, 10 right. */
const worstFine = 7;

const kubeScore: Judge = {
  name: 'kube-score',
  install: 'go install github.com/zegl/kube-score/cmd/kube-score@v1.20.0',
  judge: async (folder) => {
    const text = await output('kube-score', ['score', '--output-format', 'json', ...filesIn(folder)]);
    return kubeScoreReport.parse(JSON.parse(text)).flatMap(({ type_meta: type, object_meta: meta, checks }) =>
      checks
        .filter(({ grade, skipped }) => !skipped && grade < worstFine)
        .map(({ check, comments }) => ({
          judge: 'kube-score',
          check: check.id,
          object: [type.kind, meta.namespace, meta.name].filter((part) => part !== undefined).join('/'),
          text: comments?.[0]?.summary ?? check.name,
        })),
    );
  },
};

export const judges: readonly Judge[] = [checkov, kubeScore];
