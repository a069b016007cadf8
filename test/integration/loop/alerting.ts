import { join } from 'node:path';
import { groupsIn } from '../../charts/prometheus/alerts/platform';
import { eventually, type Program } from '../cluster/workspace';
import type { Loose } from '../../support/config';
import { writeFiles } from '../../support/temporary';
import { folderOf } from './equipment';
import { samplesIn, select } from './series';
import type { World } from './world';

// What the manifests make wait for minutes or hours, so that an alert that repeats is seen here within seconds. That the
// alert of the output waits as long as it says is promtool's part.
const soon = '1s';
const repeated = '2s';

/** What Prometheus adds to each series of the detector: the pod's namespace, and what its ServiceMonitor relabels. */
export function targetLabels(world: World): Record<string, string> {
  const pod = world.object('Deployment', 'drift-detector-creditcard');
  const monitor = world.object('ServiceMonitor', 'drift-servicemonitor');
  const target: Record<string, string> = { namespace: pod.metadata.namespace };
  for (const { sourceLabels, targetLabel } of monitor.spec.endpoints[0].relabelings) {
    const labels = Object.entries(pod.spec.template.metadata.labels as Record<string, string>);
    const meta = (key: string): string => `__meta_kubernetes_pod_label_${key.replace(/\W/g, '_')}`;
    target[targetLabel] = labels.find(([key]) => meta(key) === sourceLabels[0])?.[1] ?? '';
  }
  return target;
}

/** Prometheus, which scrapes the detector, and Alertmanager, which gets its alerts. */
export class Alerting {
  private constructor(
    private readonly world: World,
    private readonly alertmanager: Program,
  ) {}

  /** @param alert the only one of the output's that Prometheus evaluates: nothing else is there to be watched */
  static async start(world: World, alert: string): Promise<Alerting> {
    const folder = writeFiles(join(world.workspace.folder, 'alerting'), {
      'alertmanager.json': JSON.stringify(alertmanagerConfiguration(world)),
      'prometheus.json': JSON.stringify(prometheusConfiguration(world)),
      'rules.json': JSON.stringify({ groups: rulesOf(world, alert) }),
    });
    const start = async (tool: 'prometheus' | 'alertmanager', ...args: string[]): Promise<Program> => {
      const address = `127.0.0.1:${world.ports[tool]}`;
      const all = [`--config.file=${join(folder, `${tool}.json`)}`, `--web.listen-address=${address}`, ...args];
      const program = world.workspace.start(tool, join(folderOf(tool), tool), all);
      const ready = async (): Promise<boolean> => (await fetch(`http://${address}/-/ready`)).ok;
      await eventually(`${tool} is ready`, ready, { program });
      return program;
    };
    const alertmanager = await start(
      'alertmanager',
      `--storage.path=${join(folder, 'notifications')}`,
      // One alone: it looks for no others.
      '--cluster.listen-address=',
    );
    await start('prometheus', `--storage.tsdb.path=${join(folder, 'series')}`);
    return new Alerting(world, alertmanager);
  }

  /** Waits until Alertmanager has found nobody at a receiver's address. */
  async hasFailed(): Promise<void> {
    const metric = 'alertmanager_notification_requests_failed_total';
    const failed = async (): Promise<boolean> => {
      const answer = await fetch(`http://127.0.0.1:${this.world.ports.alertmanager}/metrics`);
      return select(samplesIn(await answer.text()), metric, { integration: 'webhook' }).some(({ value }) => value > 0);
    };
    await eventually('a notification that nobody takes', failed, { program: this.alertmanager });
  }
}

/**
 * What the operator makes of our AlertmanagerConfig: prometheus-operator v0.94.1, pkg/alertmanager/amcfg.go, convertRoute,
 * convertReceiver and makeNamespacedString. The operator itself needs an API server: test:cluster has both, and shows that
 * Alertmanager takes what it writes. Any field that is not translated here fails the test.
 */
function alertmanagerConfiguration(world: World): object {
  const { metadata, spec } = world.object('AlertmanagerConfig', 'platform');
  const named = (name: string): string => [metadata.namespace, metadata.name, name].join('/');
  const route = (one: Loose): object => {
    const { receiver, matchers = [], routes = [], groupBy, groupWait, groupInterval, repeatInterval, ...rest } = one;
    const { continue: goesOn, ...unknown } = rest;
    expect(unknown).toEqual({});
    return {
      receiver: named(receiver),
      matchers: matchers.map(({ name, matchType, value }: Loose) => `${name}${matchType}${JSON.stringify(value)}`),
      group_by: groupBy,
      group_wait: groupWait && soon,
      group_interval: groupInterval && repeated,
      repeat_interval: repeatInterval && repeated,
      continue: goesOn,
      routes: routes.map(route),
    };
  };
  const webhook = ({ url, sendResolved, httpConfig, ...unknown }: Loose): object => {
    const { name, key, ...more } = httpConfig.authorization.credentials;
    expect([unknown, more]).toEqual([{}, {}]);
    const credentials = world.secret(`${metadata.namespace}/${name}`)[key];
    return { url: world.local(url), send_resolved: sendResolved, http_config: { authorization: { credentials } } };
  };
  const receiver = ({ name, webhookConfigs = [], ...unknown }: Loose): object => {
    expect(unknown).toEqual({});
    return { name: named(name), webhook_configs: webhookConfigs.map(webhook) };
  };
  return { route: route(spec.route), receivers: spec.receivers.map(receiver) };
}

function prometheusConfiguration(world: World): object {
  const at = (port: number): string[] => [`127.0.0.1:${port}`];
  return {
    global: { scrape_interval: soon, evaluation_interval: soon },
    rule_files: ['rules.json'],
    alerting: { alertmanagers: [{ static_configs: [{ targets: at(world.ports.alertmanager) }] }] },
    scrape_configs: [
      {
        job_name: 'drift',
        static_configs: [{ targets: at(world.ports.detector), labels: targetLabels(world) }],
      },
    ],
  };
}

const rulesOf = (world: World, name: string): object[] =>
  groupsIn(world.objects)
    .map((group) => ({ name: group.name, rules: group.rules.filter(({ alert }) => alert === name) }))
    .filter(({ rules }) => rules.length > 0)
    .map((group) => ({ ...group, rules: group.rules.map((rule) => ({ ...rule, for: soon })) }));
