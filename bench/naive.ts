import { readFileSync } from 'node:fs';
import { App, Chart, Helm } from 'cdk8s';

// The naive app: every Helm chart through cdk8s' own construct. Reads the releases from the file named on the command
// line, so that it renders exactly what the platform does.

interface Release {
  readonly id: string;
  readonly chart: string;
  readonly releaseName: string;
  readonly namespace: string;
  readonly kubernetesVersion: string;
  readonly values: Record<string, unknown>;
}

const [, , input = '', outdir = ''] = process.argv;
const { helm, releases } = JSON.parse(readFileSync(input, 'utf8')) as { helm: string; releases: Release[] };
const app = new App({ outdir });
for (const { id, chart, releaseName, namespace, kubernetesVersion, values } of releases) {
  new Helm(new Chart(app, id), 'release', {
    chart,
    releaseName,
    namespace,
    values,
    helmExecutable: helm,
    helmFlags: ['--include-crds', '--skip-tests', '--kube-version', kubernetesVersion],
  });
}
app.synth();
