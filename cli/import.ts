import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Writes imports/: typed values of the bundled Helm charts from their schemas, typed custom resources from their
// definitions, and the fields of Kubernetes' built-in kinds.

const root = join(__dirname, '..');
const imports = join(root, 'imports');
const cdk8s = join(root, 'node_modules/.bin/cdk8s');

function cdk8sImport(source: string): void {
  execFileSync(
    cdk8s,
    ['import', source, '--check-upgrade', 'false', '--save', 'false', '--language', 'typescript', '--output', imports],
    {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
}

const charts = readdirSync(join(root, 'helm'))
  .sort()
  .filter((c) => existsSync(join(root, 'helm', c, 'values.schema.json')));
for (const chart of charts) cdk8sImport(`helm:./helm/${chart}`);

// All definitions in one run: the generator writes one file per API group and overwrites those of earlier runs.
const definitions = charts.flatMap((chart) => {
  const folder = join(root, 'helm', chart, 'crds');
  return existsSync(folder)
    ? readdirSync(folder)
        .sort()
        .map((file) => readFileSync(join(folder, file), 'utf8'))
    : [];
});
const scratch = mkdtempSync(join(tmpdir(), 'mlops-infra-import-'));
try {
  writeFileSync(join(scratch, 'crds.yaml'), definitions.join('\n---\n'));
  cdk8sImport(join(scratch, 'crds.yaml'));
} finally {
  rmSync(scratch, { recursive: true });
}

for (const file of readdirSync(imports).filter((name) => name.endsWith('.ts'))) {
  const path = join(imports, file);
  writeFileSync(path, readFileSync(path, 'utf8').replace(/[ \t]+$/gm, '')); // Removes trailing spaces, which git and editors report.
}

execFileSync(process.execPath, ['--require', 'tsx/cjs', join(__dirname, 'import-kubernetes.ts')], { stdio: 'inherit' });
