import type { LRParser } from '@lezer/lr';
import { recorded } from './metrics/names';
import type { KubernetesObject } from '../../../../lib/kubernetes/object';
import type { Loose } from '../../../support/config';
import { dashboardsIn, groupsIn, platformObjects } from './platform';

// Its types are of a module that Node does not load, and cannot be found from here.
const { parser } = jest.requireActual<{ parser: LRParser }>('@prometheus-io/lezer-promql');

/** Every series that an expression of PromQL asks for; throws where it is not PromQL. */
function metricsIn(expr: string): string[] {
  const names: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, from, to, node }) => {
      if (type.isError) throw new Error(`no PromQL at ${from}: ${expr}`);
      if (type.name === 'Identifier' && node.parent?.type.name === 'VectorSelector') names.push(expr.slice(from, to));
    },
  });
  return names;
}

/** Of every target, from Prometheus itself. */
const own = ['up', 'ALERTS'];

test('the metrics of an expression are found wherever they stand in it', () => {
  const expr = 'sum by (a) (rate(x_total{b="y_total"}[5m])) / on (a) group_left (c) z:r:sum > 0 or absent(up) - time()';
  expect(metricsIn(expr)).toEqual(['x_total', 'z:r:sum', 'up']);
  expect(() => metricsIn('sum(')).toThrow('no PromQL');
});

/** Metrics that a program exports or a rule records. */
function knownMetrics(objects: readonly KubernetesObject[]): Set<string> {
  const rules = groupsIn(objects).flatMap((group) => group.rules);
  return new Set([...own, ...recorded().flatMap(({ names }) => names), ...rules.flatMap(({ record }) => record ?? [])]);
}

let objects: readonly KubernetesObject[];
let known: ReadonlySet<string>;
beforeAll(async () => {
  objects = await platformObjects();
  known = knownMetrics(objects);
});

test('every metric of a rule is exported by a program of the platform, or recorded by another rule', () => {
  const asked = groupsIn(objects).flatMap(({ rules }) => rules.flatMap(({ expr }) => metricsIn(String(expr))));
  expect(new Set(asked).size).toBeGreaterThan(30);
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
});

test('every metric of a dashboard is exported or recorded too', () => {
  const dashboards = dashboardsIn(objects);
  expect(dashboards.map(({ uid }) => uid)).toEqual(['mlops-drift', 'mlops-model', 'mlops-platform']);
  const asked = dashboards.flatMap(({ panels, templating }) => [
    ...panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => metricsIn(expr))),
    ...templating.list.map(({ query }) => /^label_values\(([\w:]+), \w+\)$/.exec(query.query)?.[1] ?? query.query),
  ]);
  expect(new Set(asked).size).toBeGreaterThan(30);
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
});

test('the panels of a dashboard lie side by side', () => {
  for (const { uid, panels } of dashboardsIn(objects)) {
    const taken = new Set<string>();
    for (const { title, gridPos } of panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect([uid, title, x < 24, taken.has(`${x},${y}`)]).toEqual([uid, title, true, false]);
          taken.add(`${x},${y}`);
        }
      }
    }
  }
});

/** Names of jobs are made by Prometheus' operator: of the Service, of the probe, or of the monitor of pods. */
test('every job that a rule looks for is one that the monitors make', () => {
  const spec = (object: KubernetesObject): Loose => object.spec;
  const services = objects.filter(({ kind }) => kind === 'Service');
  const jobs = objects.flatMap((monitor): string[] => {
    if (monitor.kind === 'Probe') return [spec(monitor).jobName];
    if (monitor.kind === 'PodMonitor') return [`${monitor.metadata.namespace ?? ''}/${monitor.metadata.name}`];
    if (monitor.kind !== 'ServiceMonitor') return [];
    const wanted = Object.entries(spec(monitor).selector.matchLabels as object);
    const labels = (service: KubernetesObject) => new Map(Object.entries(service.metadata.labels ?? {}));
    return services
      .filter((service) => wanted.every(([key, value]) => labels(service).get(key) === value))
      .map(({ metadata }) => metadata.name);
  });
  const asked = groupsIn(objects).flatMap(({ rules }) =>
    rules.flatMap(({ expr }) =>
      [...String(expr).matchAll(/\bjob=~?"([^"]+)"/g)].flatMap(([, job = '']) => job.split('|')),
    ),
  );
  expect(new Set(asked).size).toBeGreaterThan(7);
  expect(asked.filter((job) => !jobs.includes(job))).toEqual([]);
});

test('every recording of metrics names the version of its program, and how it was made', () => {
  for (const { program, version, how, names } of recorded()) {
    expect([program, version, how]).not.toContain('');
    expect(names).toEqual([...names].sort());
    expect(names.length).toBeGreaterThan(4);
  }
});
