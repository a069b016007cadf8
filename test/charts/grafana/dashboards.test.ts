import { objectsOfComplete } from '../../support/complete-platform';
import type { Dashboard } from '../prometheus/alerts/platform';
import type { Loose } from '../../support/config';
import { expectYaml } from '../../support/yaml';

type Panel = Dashboard['panels'][number];

const dashboards = objectsOfComplete('grafana')
  .filter(({ metadata }) => metadata.name.startsWith('grafana-dashboard-'))
  .flatMap(({ data }) => Object.entries(data as Record<string, string>));

test.each(dashboards)('%s has these panels, from the left to the right and from the top to the bottom', (_, text) => {
  const { panels, ...rest } = JSON.parse(text) as Dashboard;
  expectYaml({ ...rest, panels: panels.map(panelOf) });
});

/** What tells one panel from another; all have the same look, which the snapshot of Grafana itself shows. */
function panelOf({ title, type, gridPos: { x, y, w, h }, targets = [], ...rest }: Panel): object {
  const { fieldConfig } = rest as { fieldConfig?: { defaults: { unit?: string } } };
  const place = `${w}x${h} at ${x},${y}`;
  const queries = targets.map(({ expr, legendFormat }: Loose) => `${legendFormat}: ${expr}`);
  return {
    [title]: [type, place, fieldConfig?.defaults.unit ?? 'no unit'].join(', '),
    ...(queries.length === 0 ? {} : { queries }),
  };
}
