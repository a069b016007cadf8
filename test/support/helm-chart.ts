import { App, Chart } from 'cdk8s';
import { basename } from 'node:path';
import { HelmRelease, type HelmChartPin, type HelmReleaseProps } from '../../lib/helm/release';
import { renderReleases, type RenderOptions } from '../../lib/helm/render';
import { writeFiles } from './temporary';

/** Writes a Helm chart of these templates and other files. */
export function writeChart(folder: string, files: Readonly<Record<string, string>>): HelmChartPin {
  const name = basename(folder);
  writeFiles(folder, { 'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n`, ...files });
  return { name, version: '0.1.0', path: folder };
}

/** A release by itself, in an app of its own. */
export function declare(
  chart: HelmChartPin,
  props: Partial<HelmReleaseProps> & { namespace?: string } = {},
): HelmRelease {
  const { namespace = 'space', ...rest } = props;
  const parent = new Chart(new App(), 'service', { namespace });
  return new HelmRelease(parent, 'release', {
    chart,
    releaseName: 'demo',
    values: {},
    kubernetesVersion: '1.35',
    ...rest,
  });
}

/** Renders a release, and tells whether it came from the cache. */
export async function render(release: HelmRelease, options: RenderOptions): Promise<{ fromCache: boolean }> {
  let fromCache = false;
  await renderReleases(release.node.root, { ...options, onRendered: (_, cached) => (fromCache = cached) });
  return { fromCache };
}

/** A template that is a ConfigMap with these lines as its data. */
export const configMap = (data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: probe\ndata:\n${data.replace(/^/gm, '  ')}\n`;
