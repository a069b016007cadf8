import type { Dashboard, Panel } from '../../lib/graph/dashboard';

/** The data source that grafana.ts provisions. */
export const datasource = { type: 'prometheus', uid: 'prometheus' } as const;

const columns = 24;
const height = 8;

/** A dashboard in Grafana's JSON model, schema version 39. Grafana 11 and later read it and migrate it themselves. */
export function dashboardJson({ uid, title, variable, rows }: Dashboard): object {
  let y = 0;
  let id = 0;
  const panels = rows.flatMap(({ title: heading, panels: items }) => {
    const width = columns / Math.min(3, items.length);
    const header = {
      id: ++id,
      type: 'row',
      title: heading,
      collapsed: false,
      panels: [],
      gridPos: at(0, y, columns, 1),
    };
    const top = y + 1;
    const graphs = items.map((panel, index) => {
      const x = (index * width) % columns;
      const line = Math.floor((index * width) / columns);
      return { id: ++id, gridPos: at(x, top + line * height, width, height), ...panelJson(panel) };
    });
    y = top + Math.ceil((items.length * width) / columns) * height;
    return [header, ...graphs];
  });
  return {
    uid,
    title,
    tags: ['mlops'],
    schemaVersion: 39,
    editable: false,
    refresh: '1m',
    time: { from: 'now-6h', to: 'now' },
    templating: { list: variable === undefined ? [] : [variableJson(variable)] },
    panels,
  };
}

const at = (x: number, y: number, w: number, h: number): object => ({ x, y, w, h });

const panelJson = ({ title, queries, unit, figures = false }: Panel): object => ({
  title,
  type: figures ? 'stat' : 'timeseries',
  datasource,
  fieldConfig: { defaults: { ...(unit === undefined ? {} : { unit }), min: 0 }, overrides: [] },
  options: figures ? {} : { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
  targets: Object.entries(queries).map(([expr, legendFormat], index) => ({
    refId: String.fromCharCode(65 + index),
    datasource,
    expr,
    legendFormat,
  })),
});

const variableJson = ({ label, metric }: NonNullable<Dashboard['variable']>): object => ({
  name: 'model',
  label: 'model',
  type: 'query',
  datasource,
  query: { query: `label_values(${metric}, ${label})`, refId: 'model' },
  refresh: 2,
  sort: 1,
  includeAll: false,
  multi: false,
});
