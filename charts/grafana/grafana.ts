import { k8s } from 'cdk8s-plus-27';
import type { App } from 'cdk8s';
import type { Construct } from 'constructs';
import type { HttpExposure } from '../../lib/config/sections/exposure';
import type { ComponentSize } from '../../lib/config/sizes';
import { Credential } from '../../lib/graph/credential';
import { DashboardPage, DashboardRow } from '../../lib/graph/dashboard';
import type { Endpoint } from '../../lib/graph/endpoint';
import { Exposed, publicEndpoint, serviceSettings } from '../../lib/graph/exposure';
import { httpProbe, resources, tokenlessPod } from '../../lib/kubernetes/pods';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import type { ClusterContext, PlatformContext } from '../context';
import { dashboardJson, datasource } from './dashboard-json';
import { platformDashboard } from './platform-dashboard';

export interface GrafanaProps {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  readonly size: ComponentSize;
  readonly expose: HttpExposure;
  readonly prometheus: Endpoint;
  /** Every namespace of the platform. */
  readonly namespaces: ReadonlyMap<string, unknown>;
}

/** Adds Grafana where the config asks for it. */
export function addGrafana(
  { app, config, cluster, namespaces }: PlatformContext,
  prometheus: Endpoint | undefined,
): void {
  const { grafana } = config.services;
  if (grafana === false || prometheus === undefined) return;
  new Grafana(app, 'grafana', {
    cluster,
    namespace: namespaces.get('grafana'),
    size: config.sizes.grafana,
    expose: grafana.expose,
    prometheus,
    namespaces: namespaces.levels,
  });
}

const name = 'grafana';
const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/component': 'dashboards' };
const port = 3000;
const dashboardFolder = '/etc/grafana/dashboards';

/** Grafana with the platform's dashboards. Dashboards that users create are on its volume. */
export class Grafana extends ServiceChart {
  private readonly admin: Credential;
  private readonly provisioning: k8s.KubeConfigMap;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: GrafanaProps,
  ) {
    const { cluster, namespace, size, expose, prometheus } = props;
    super(scope, id, { wave: Wave.Consumers, namespace });
    this.admin = new Credential(this, 'admin', {
      name,
      keys: { user: { value: 'admin' }, password: { random: 24 }, 'secret-key': { random: 40 } },
      // grafana 12.4.10, pkg/cmd/grafana-cli/commands/commands.go
      byHand:
        'Grafana reads the password only into an empty database: type a new one into ' +
        `kubectl -n ${namespace} exec -i deploy/${name} -- grafana cli admin reset-admin-password --password-from-stdin`,
    });
    this.provisioning = new k8s.KubeConfigMap(this, 'provisioning', {
      metadata: { name: 'grafana-provisioning' },
      data: { 'datasources.yaml': json(datasources(prometheus)), 'dashboards.yaml': json(providers) },
    });
    new k8s.KubeServiceAccount(this, 'service-account', { metadata: { name }, automountServiceAccountToken: false });
    new k8s.KubePersistentVolumeClaim(this, 'data', {
      metadata: { name },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: cluster.storageClass,
        resources: { requests: { storage: k8s.Quantity.fromString(size.disk ?? '1Gi') } },
      },
    });
    const { type, nodePort, annotations } = serviceSettings(expose);
    new k8s.KubeService(this, 'service', {
      metadata: { name, labels, annotations },
      spec: {
        type,
        selector: labels,
        ports: [{ name: 'http', port, targetPort: k8s.IntOrString.fromString('http'), nodePort }],
      },
    });
    new Exposed(this, 'expose', {
      ...{ title: 'Grafana', exposure: expose, externalHost: cluster.externalHost },
      ...{ service: name, port },
    });
    this.uses('Deployment/grafana', prometheus, 'the series of its graphs');
  }

  override complete(app: App): void {
    const namespaces = [...this.props.namespaces.keys()].sort();
    const dashboards = [platformDashboard(namespaces, DashboardRow.allIn(app)), ...DashboardPage.allIn(app)];
    // One ConfigMap per dashboard, to stay below the size limit.
    const files = dashboards.map(
      (dashboard) =>
        new k8s.KubeConfigMap(this, dashboard.uid, {
          metadata: { name: `grafana-dashboard-${dashboard.uid}` },
          data: { [`${dashboard.uid}.json`]: json(dashboardJson(dashboard)) },
        }),
    );
    this.addDeployment(files.map((file) => file.name));
  }

  /** @param dashboards names of the ConfigMaps */
  private addDeployment(dashboards: readonly string[]): void {
    const { size } = this.props;
    new k8s.KubeDeployment(this, 'deployment', {
      metadata: { name, labels },
      spec: {
        replicas: size.replicas,
        // Its database is a file, which two servers on one volume would corrupt.
        strategy: { type: 'Recreate' },
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            // User `grafana` of the image (grafana, Dockerfile: GF_UID).
            ...tokenlessPod(name, 472),
            containers: [container(this.props, this.admin)],
            volumes: [
              { name: 'data', persistentVolumeClaim: { claimName: name } },
              { name: 'tmp', emptyDir: {} },
              { name: 'provisioning', configMap: { name: this.provisioning.name } },
              { name: 'dashboards', projected: { sources: dashboards.map((file) => ({ configMap: { name: file } })) } },
            ],
          },
        },
      },
    });
  }
}

/** Environment variables are `GF_<section>_<key>` of grafana's conf/defaults.ini. */
function container({ cluster, size, expose }: GrafanaProps, admin: Credential): k8s.Container {
  const url = publicEndpoint(expose, cluster.externalHost, port)?.url('/');
  return {
    name,
    image: cluster.images.reference('grafana'),
    env: [
      ...admin.env({
        GF_SECURITY_ADMIN_USER: 'user',
        GF_SECURITY_ADMIN_PASSWORD: 'password',
        GF_SECURITY_SECRET_KEY: 'secret-key',
      }),
      ...(url === undefined ? [] : [{ name: 'GF_SERVER_ROOT_URL', value: url }]),
      // Grafana phones home, and loads plugins and pictures from the Internet, unless these are off.
      { name: 'GF_ANALYTICS_REPORTING_ENABLED', value: 'false' },
      { name: 'GF_ANALYTICS_CHECK_FOR_UPDATES', value: 'false' },
      { name: 'GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES', value: 'false' },
      { name: 'GF_PLUGINS_PREINSTALL_DISABLED', value: 'true' },
      { name: 'GF_SECURITY_DISABLE_GRAVATAR', value: 'true' },
    ],
    ports: [{ name: 'http', containerPort: port }],
    // Five minutes for the first migration of its database.
    startupProbe: httpProbe('/api/health', port, { periodSeconds: 5, failureThreshold: 60 }),
    readinessProbe: httpProbe('/api/health', port, { periodSeconds: 10, timeoutSeconds: 5 }),
    livenessProbe: httpProbe('/api/health', port, { periodSeconds: 20, timeoutSeconds: 10, failureThreshold: 6 }),
    resources: resources(size),
    volumeMounts: [
      { name: 'data', mountPath: '/var/lib/grafana' },
      { name: 'tmp', mountPath: '/tmp' },
      ...['datasources', 'dashboards'].map((kind) => ({
        name: 'provisioning',
        mountPath: `/etc/grafana/provisioning/${kind}/${kind}.yaml`,
        subPath: `${kind}.yaml`,
        readOnly: true,
      })),
      { name: 'dashboards', mountPath: dashboardFolder, readOnly: true },
    ],
  };
}

/** JSON is valid YAML, which Grafana expects. */
const json = (content: object): string => `${JSON.stringify(content, null, 2)}\n`;

const datasources = (prometheus: Endpoint): object => ({
  apiVersion: 1,
  datasources: [{ ...datasource, name: 'Prometheus', access: 'proxy', url: prometheus.url(), isDefault: true }],
});

const providers = {
  apiVersion: 1,
  providers: [{ name: 'platform', type: 'file', folder: 'Platform', options: { path: dashboardFolder } }],
};
