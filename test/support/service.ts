import { App } from 'cdk8s';
import { platformFacts } from '../../charts/catalog';
import { contextOf, type ClusterContext } from '../../charts/context';
import { AlertReceiver } from '../../lib/graph/alert-receiver';
import { AlertRules } from '../../lib/graph/alert';
import { Connection, nameOfSubject, nameOfTarget } from '../../lib/graph/connection';
import { Credential } from '../../lib/graph/credential';
import { DashboardPage, DashboardRow } from '../../lib/graph/dashboard';
import { Endpoint } from '../../lib/graph/endpoint';
import { PublicAddress } from '../../lib/graph/exposure';
import { Monitored, Probed } from '../../lib/graph/monitor';
import { ServiceChart } from '../../lib/graph/service-chart';
import { HelmRelease } from '../../lib/helm/release';
import { isCrd, nameOf, type KubernetesObject } from '../../lib/kubernetes/object';
import { collect, type OutputFile } from '../../lib/output/collect';
import type { PlatformConfig } from '../../charts/config';
import { completeConfig } from './complete-config';
import { expectYaml } from './yaml';

/** Adds a service, and nothing beside it but what stands in for its neighbours. */
export type Add<Chart extends ServiceChart = ServiceChart> = (app: App, cluster: Required<ClusterContext>) => Chart;

/** A chart of an app with everything that follows from it, as it is written. Helm charts are left out. */
export function objectsOf(chart: ServiceChart, config: PlatformConfig = completeConfig): readonly KubernetesObject[] {
  const files = filesOf(App.of(chart), config);
  return files.find(({ name }) => name === chart.fileName)?.objects.filter((object) => !isCrd(object)) ?? [];
}

const collected = new WeakMap<App, readonly OutputFile[]>();

/** The files of an app that is complete, collected once. */
function filesOf(app: App, config: PlatformConfig): readonly OutputFile[] {
  const known = collected.get(app);
  if (known !== undefined) return known;
  for (const release of HelmRelease.allIn(app)) release.objects = [];
  const files = collect(app, {
    platform: config.name,
    pods: contextOf(app, config).cluster.pods,
    customResources: platformFacts.customResources,
  });
  collected.set(app, files);
  return files;
}

/** The name of an object without the digest at the end of a Job's: a snapshot keeps its title when the Job changes. */
export const titleOf = (object: KubernetesObject): string =>
  object.kind === 'Job' ? nameOf(object).replace(/-[0-9a-f]{8}$/, '') : nameOf(object);

/** A service by itself, in the cluster of the complete config. */
export function serviceOf<Chart extends ServiceChart>(add: Add<Chart>): Chart {
  const app = new App();
  const { cluster } = contextOf(app, completeConfig);
  const { storageClass } = cluster;
  if (storageClass === undefined) throw new Error('the complete config names no class of volumes');
  const chart = add(app, { ...cluster, storageClass });
  ServiceChart.completeAll(app);
  return chart;
}

/** Tests that compare a service with its snapshots: its objects one by one, its Helm values, and what it declares. */
export function testSnapshots(add: Add): void {
  const chart = serviceOf(add);
  const objects = objectsOf(chart);

  test('makes the objects', () => {
    expectYaml(objects.map(titleOf));
  });

  if (objects.length > 0)
    test.each(objects.map((object) => [titleOf(object), object] as const))('writes %s', (_, object) => {
      expectYaml(readable(object));
    });

  const releases = HelmRelease.allIn(chart);
  if (releases.length > 0)
    test.each(releases.map(({ props }) => [props.releaseName, props] as const))(
      'gives its values to the Helm release %s',
      (_, { chart: { name }, kubernetesVersion, values }) => {
        expectYaml({ chart: name, kubernetesVersion, values });
      },
    );

  test('declares what other services use', () => {
    expectYaml(declarationsOf(chart));
  });
}

/** A ConfigMap with the JSON in it as YAML, which is shorter; anything else as it is. */
function readable(object: KubernetesObject): object {
  if (object.kind !== 'ConfigMap') return object;
  const data = Object.entries(object.data as Record<string, string>);
  return {
    ...object,
    data: Object.fromEntries(data.map(([key, text]) => [key, /^[[{]/.test(text) ? JSON.parse(text) : text])),
  };
}

/** What a chart declares, each kind where there is some. Alerts and dashboards have snapshots of their own. */
function declarationsOf(chart: ServiceChart): object {
  const declared = {
    secrets: Credential.allIn(chart).map(({ spec }) => spec),
    ...wiringOf(chart),
    monitors: Monitored.allIn(chart).map(({ target }) => target),
    probes: Probed.allIn(chart).map(({ target }) => target),
    alertReceivers: AlertReceiver.allIn(chart).map(({ props }) => props),
    alerts: AlertRules.allIn(chart)
      .flatMap(({ groups }) =>
        groups({ app: chart.node.root, monitorNamespace: 'monitors', namespaces: ['models'], probing: true }),
      )
      .flatMap(({ rules }) => rules.map((rule) => ('alert' in rule ? rule.alert : rule.record))),
    dashboardRows: DashboardRow.allIn(chart).map(({ title }) => title),
    dashboards: DashboardPage.allIn(chart).map(({ uid }) => uid),
  };
  return Object.fromEntries(Object.entries(declared).filter(([, items]) => items.length > 0));
}

/** Whom the workloads of a chart talk to, and where its services are reached from outside. */
export const wiringOf = (chart: ServiceChart): { connections: string[]; addresses: string[] } => ({
  connections: Connection.allIn(chart).map(
    ({ from, to, purpose }) =>
      `${nameOfSubject(from)} → ${to instanceof Endpoint ? to.url() : nameOfTarget(to)}: ${purpose}`,
  ),
  addresses: PublicAddress.allIn(chart).map(({ props: { service, url } }) => `${service}: ${url}`),
});

/** What stands in for a neighbour. */
export const endpoint = (service: string, port: number, scheme = 'http'): Endpoint =>
  Endpoint.ofService({ name: service, namespace: `${service}-space`, domain: 'k8s.example.org', port, scheme });
