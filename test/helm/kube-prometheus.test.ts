import { imagePins } from '../../charts/config';
import { customSchemas } from '../../lib/schema/custom';
import { builtInSchema } from '../../lib/schema/kubernetes';
import { validate } from '../../lib/schema/validate';
import { findObject, renderChart } from './render';
import type { KubeObject } from './render';

const render = (values: object = {}, release = 'prometheus', namespace = 'mlops-prometheus') =>
  renderChart('kube-prometheus', { release, namespace, values });

const ofKind = (objects: readonly KubeObject[], kind: string) => objects.filter((object) => object.kind === kind);

const id = ({ kind, metadata }: KubeObject) => `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;

const fullname = 'prometheus-kube-prometheus';

const everything = {
  prometheus: { replicaCount: 2, persistence: { enabled: true, size: '20Gi' }, image: { pullSecrets: ['mirror'] } },
  alertmanager: { replicaCount: 3, persistence: { enabled: true }, secrets: ['slack'] },
  blackboxExporter: { replicaCount: 2 },
  kubeControllerManager: { enabled: true },
  kubeScheduler: { enabled: true },
  kubeProxy: { enabled: true },
};

const onlyPrometheus = {
  alertmanager: { enabled: false },
  blackboxExporter: { enabled: false },
  exporters: { 'node-exporter': { enabled: false }, 'kube-state-metrics': { enabled: false } },
  operator: { kubeletService: { enabled: false } },
  kubelet: { enabled: false },
  kubeApiServer: { enabled: false },
  coreDns: { enabled: false },
};

const labelsOf = (object: KubeObject): Readonly<Record<string, string>> => object.metadata.labels ?? {};

const includes = (labels: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>) =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value);

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
}

const rulesOf = (object: KubeObject): readonly Rule[] => object.rules;

test.each([
  ['by default', {}],
  ['with everything on', everything],
  ['with Prometheus alone', onlyPrometheus],
])('%s, every object fits its schema: that of Kubernetes or that of our own definitions', async (_, values) => {
  const objects = await render(values);
  const custom = new Map(ofKind(objects, 'CustomResourceDefinition').flatMap((crd) => [...customSchemas(crd)]));
  expect(custom.size).toBe(7);
  const problems = objects.flatMap((object) => {
    const schema = custom.get(`${object.apiVersion}/${object.kind}`) ?? builtInSchema(object.apiVersion, object.kind);
    return schema ? validate(object, schema).map((problem) => `${id(object)}: ${problem}`) : [`${id(object)}: unknown`];
  });
  expect(problems).toEqual([]);
  expect(new Set(objects.map(id)).size).toBe(objects.length);
});

test('Services, and what they select, are those of the original chart', async () => {
  const services = ofKind(await render(), 'Service').map(({ metadata, spec }) => ({
    [`${metadata.namespace}/${metadata.name}`]: [
      spec.ports.map((port: { name: string; port: number }) => `${port.name} ${port.port}`).join(),
      spec.selector,
    ],
  }));
  const part = (component: string) => ({
    'app.kubernetes.io/name': 'kube-prometheus',
    'app.kubernetes.io/instance': 'prometheus',
    'app.kubernetes.io/component': component,
  });
  const exporter = (name: string) => ({ 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': 'prometheus' });
  const operated = (name: string) => ({ 'app.kubernetes.io/name': name, [name]: `${fullname}-${name}` });
  expect(Object.assign({}, ...services)).toEqual({
    [`mlops-prometheus/${fullname}-prometheus`]: ['http 9090', operated('prometheus')],
    [`mlops-prometheus/${fullname}-alertmanager`]: ['http 9093', operated('alertmanager')],
    [`mlops-prometheus/${fullname}-operator`]: ['http 8080', part('operator')],
    [`mlops-prometheus/${fullname}-blackbox-exporter`]: ['http 19115', part('blackbox-exporter')],
    'mlops-prometheus/prometheus-node-exporter': ['metrics 9100', exporter('node-exporter')],
    'mlops-prometheus/prometheus-kube-state-metrics': ['http 8080', exporter('kube-state-metrics')],
    [`kube-system/${fullname}-coredns`]: ['http-metrics 9153', { 'k8s-app': 'kube-dns' }],
  });
});

test('every monitor finds one Service with its port; those of kubelets and the API server come from elsewhere', async () => {
  const objects = await render(everything);
  const found = ofKind(objects, 'ServiceMonitor').map(({ metadata, spec }) => {
    const services = ofKind(objects, 'Service').filter(
      (service) =>
        spec.namespaceSelector.matchNames.includes(service.metadata.namespace) &&
        includes(labelsOf(service), spec.selector.matchLabels) &&
        spec.endpoints.every((endpoint: { port: string }) =>
          service.spec.ports.some((port: { name: string }) => port.name === endpoint.port),
        ),
    );
    return `${metadata.name} → ${services.map((service) => service.metadata.name).join()}`;
  });
  const own = ['operator', 'prometheus', 'alertmanager', 'blackbox-exporter', 'coredns', 'kube-controller-manager'];
  const names = [...own, 'kube-scheduler', 'kube-proxy'].map((part) => `${fullname}-${part}`);
  names.push('prometheus-node-exporter', 'prometheus-kube-state-metrics');
  expect(found.sort()).toEqual(
    [...names.map((name) => `${name} → ${name}`), `${fullname}-kubelet → `, `${fullname}-apiserver → `].sort(),
  );
});

test('the node exporter goes into a namespace of its own, where its monitor finds it', async () => {
  const objects = await render({ 'node-exporter': { namespaceOverride: 'nodes' } });
  const moved = objects.filter(({ metadata }) => metadata.namespace === 'nodes');
  expect(moved.map(({ kind }) => kind).sort()).toEqual(['DaemonSet', 'Service', 'ServiceAccount']);
  const monitor = findObject(objects, 'ServiceMonitor', 'prometheus-node-exporter');
  expect(monitor.metadata.namespace).toBe('mlops-prometheus');
  expect(monitor.spec.namespaceSelector).toEqual({ matchNames: ['nodes'] });
});

test('other releases and namespaces get names of their own, cut where the operator needs the room', async () => {
  const objects = await render({}, 'monitoring-of-the-platform', 'lab');
  expect(findObject(objects, 'Prometheus', 'monitoring-of-the-platform-prometheus').metadata.namespace).toBe('lab');
  findObject(objects, 'DaemonSet', 'monitoring-of-the-platform-node-exporter');
  findObject(objects, 'ClusterRole', 'monitoring-of-the-platform-kube-state-metrics-lab');
  expect(JSON.stringify(objects)).not.toContain('mlops-prometheus');
});

test('nobody may read Secrets outside of the namespace of the release', async () => {
  const objects = await render();
  const secrets = [...ofKind(objects, 'ClusterRole'), ...ofKind(objects, 'Role')].filter((role) =>
    rulesOf(role).some(({ resources = [] }) => resources.some((resource) => ['secrets', '*'].includes(resource))),
  );
  expect(secrets.map(id)).toEqual([`Role/mlops-prometheus/${fullname}-operator`]);
  const { args } = findObject(objects, 'Deployment', `${fullname}-operator`).spec.template.spec.containers[0];
  const scopes = ['prometheus-instance', 'alertmanager-instance', 'alertmanager-config'];
  expect(args).toEqual(expect.arrayContaining(scopes.map((scope) => `--${scope}-namespaces=mlops-prometheus`)));
});

test('the operator gets into another namespace only to keep the Service of the kubelets', async () => {
  const inKubeSystem = (objects: readonly KubeObject[]) =>
    ofKind(objects, 'Role').filter(({ metadata }) => metadata.namespace === 'kube-system');
  expect(inKubeSystem(await render()).map(rulesOf)).toEqual([
    [
      { apiGroups: [''], resources: ['services', 'endpoints'], verbs: ['create'] },
      {
        apiGroups: [''],
        resources: ['services', 'endpoints'],
        resourceNames: [`${fullname}-kubelet`],
        verbs: ['get', 'update'],
      },
    ],
  ]);
  const without = await render({ operator: { kubeletService: { enabled: false } } });
  expect(inKubeSystem(without)).toEqual([]);
  expect(JSON.stringify(findObject(without, 'Deployment', `${fullname}-operator`))).not.toContain('--kubelet-service');
  expect(JSON.stringify(findObject(without, 'ClusterRole', `${fullname}-operator`))).not.toContain('nodes');
});

test.each([
  ['by default', {}, false],
  ['when asked for Secrets', { 'kube-state-metrics': { kubeResources: { secrets: true } } }, true],
])('kube-state-metrics may list exactly what it reports on, %s', async (_, values, secrets) => {
  const objects = await render(values);
  const { args } = findObject(objects, 'Deployment', 'prometheus-kube-state-metrics').spec.template.spec.containers[0];
  const reported = args.map((arg: string) => arg.replace('--resources=', ''));
  const role = findObject(objects, 'ClusterRole', 'prometheus-kube-state-metrics-mlops-prometheus');
  expect(rulesOf(role).flatMap(({ resources = [] }) => resources)).toEqual(reported);
  expect(rulesOf(role).flatMap(({ verbs }) => verbs)).not.toContain('get');
  expect(reported.includes('secrets')).toBe(secrets);
  expect(reported).toContain('pods');
});

test('only the node exporter keeps its pods from the Pod Security level "restricted"', async () => {
  const objects = await render();
  const pods = objects.filter(({ kind }) => ['Deployment', 'DaemonSet'].includes(kind));
  const reachHost = pods.filter(({ spec: { template } }) =>
    /"host(Path|Network|PID|IPC)":(?!false)/.test(JSON.stringify(template)),
  );
  expect(reachHost.map(id)).toEqual(['DaemonSet/mlops-prometheus/prometheus-node-exporter']);
  expect(reachHost[0]?.spec.template.spec).toMatchObject({ automountServiceAccountToken: false });
  expect(reachHost[0]?.spec.template.spec).not.toHaveProperty('hostPID');
  for (const { spec } of [
    ...pods.map(({ spec: { template } }) => template),
    ...ofKind(objects, 'Prometheus'),
    ...ofKind(objects, 'Alertmanager'),
  ]) {
    expect(spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 65534,
      runAsGroup: 65534,
      seccompProfile: { type: 'RuntimeDefault' },
    });
  }
  for (const { spec } of pods) {
    for (const container of spec.template.spec.containers) {
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  }
});

test.each([
  ['ClusterIP', { type: 'ClusterIP', nodePorts: { http: 30090 } }, { nodePort: undefined, policy: undefined }],
  ['NodePort', { type: 'NodePort', nodePorts: { http: 30090 } }, { nodePort: 30090, policy: 'Cluster' }],
  ['LoadBalancer', { type: 'LoadBalancer' }, { nodePort: undefined, policy: 'Cluster' }],
])('exposure %s reaches both servers', async (type, service, { nodePort, policy }) => {
  const objects = await render({ prometheus: { service }, alertmanager: { service } });
  for (const name of ['prometheus', 'alertmanager']) {
    const { spec } = findObject(objects, 'Service', `${fullname}-${name}`);
    expect([spec.type, spec.ports[0].nodePort, spec.externalTrafficPolicy]).toEqual([type, nodePort, policy]);
  }
});

test('replicas get a budget for disruptions that selects the pods which the operator makes', async () => {
  expect(ofKind(await render(), 'PodDisruptionBudget')).toEqual([]);
  const objects = await render(everything);
  for (const name of ['prometheus', 'alertmanager', 'blackbox-exporter']) {
    const budget = findObject(objects, 'PodDisruptionBudget', `${fullname}-${name}`);
    const service = findObject(objects, 'Service', `${fullname}-${name}`);
    expect(budget.spec.selector.matchLabels).toEqual(service.spec.selector);
  }
});

test('Prometheus selects every monitor and rule, and keeps data for the given retention', async () => {
  const persistence = { enabled: true, size: '20Gi', storageClass: '-' };
  const values = { prometheus: { retention: '30d', retentionSize: '15GB', scrapeInterval: '15s', persistence } };
  const { spec } = findObject(await render(values), 'Prometheus', `${fullname}-prometheus`);
  expect(spec).toMatchObject({ retention: '30d', retentionSize: '15GB', scrapeInterval: '15s' });
  expect(spec.storage.volumeClaimTemplate.spec).toEqual({
    accessModes: ['ReadWriteOnce'],
    storageClassName: '',
    resources: { requests: { storage: '20Gi' } },
  });
  for (const kind of ['serviceMonitor', 'podMonitor', 'probe', 'rule']) {
    expect([spec[`${kind}Selector`], spec[`${kind}NamespaceSelector`]]).toEqual([{}, {}]);
  }
  const byDefault = findObject(await render(), 'Prometheus', `${fullname}-prometheus`).spec;
  expect([byDefault.retention, byDefault.storage, byDefault.scrapeInterval]).toEqual(['10d', undefined, undefined]);
});

test('without an Alertmanager nothing of it is left, and with an external configuration just that is left out', async () => {
  const without = await render({ alertmanager: { enabled: false } });
  const left = without.filter(
    ({ kind, metadata }) => kind !== 'CustomResourceDefinition' && /alertmanager/.test(metadata.name),
  );
  expect(left).toEqual([]);
  expect(findObject(without, 'Prometheus', `${fullname}-prometheus`).spec.alerting).toBeUndefined();
  const external = await render({ alertmanager: { externalConfig: true } });
  expect(ofKind(external, 'Secret')).toEqual([]);
  expect(findObject(external, 'Alertmanager', `${fullname}-alertmanager`).spec.configSecret).toBe(
    `alertmanager-${fullname}-alertmanager`,
  );
});

test('an AlertmanagerConfig can be the whole configuration, and the operator may read it', async () => {
  const name = `${fullname}-alertmanager`;
  expect(findObject(await render(), 'Alertmanager', name).spec).not.toHaveProperty('alertmanagerConfiguration');
  const objects = await render({ alertmanager: { configuration: { name: 'routes' } } });
  expect(findObject(objects, 'Alertmanager', name).spec.alertmanagerConfiguration).toEqual({ name: 'routes' });
  const read = rulesOf(findObject(objects, 'Role', `${fullname}-operator`)).filter(({ verbs }) =>
    verbs.includes('get'),
  );
  expect(read.flatMap(({ resources = [] }) => resources)).toContain('alertmanagerconfigs');
});

test('a changed configuration replaces the pods of the blackbox exporter', async () => {
  const checksum = async (values: object) =>
    findObject(await render(values), 'Deployment', `${fullname}-blackbox-exporter`).spec.template.metadata.annotations;
  const changed = { blackboxExporter: { configuration: 'modules: {}' } };
  expect(await checksum(changed)).not.toEqual(await checksum({}));
});

test('labels of the user come on top and take no pod out of its selector', async () => {
  const evil = { 'app.kubernetes.io/name': 'evil', team: 'ml' };
  const objects = await render({
    commonLabels: evil,
    operator: { podLabels: evil },
    blackboxExporter: { podLabels: evil },
  });
  for (const { spec } of objects.filter(({ kind }) => ['Deployment', 'DaemonSet'].includes(kind))) {
    expect(spec.template.metadata.labels).toMatchObject({ ...spec.selector.matchLabels, team: 'ml' });
    expect(spec.template.metadata.labels).not.toHaveProperty(['helm.sh/chart']);
  }
});

test('images come from where the values say, by digest when there is one, with the Secrets to pull them', async () => {
  const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
  const reloader = { registry: 'mirror:5000', pullSecrets: ['mirror'] };
  const objects = await render({
    operator: { image: { digest }, prometheusConfigReloader: { image: reloader } },
    prometheus: { image: { registry: 'mirror:5000', pullSecrets: ['mirror', 'other'] } },
  });
  const { image, args } = findObject(objects, 'Deployment', `${fullname}-operator`).spec.template.spec.containers[0];
  expect(image).toBe(`quay.io/prometheus-operator/prometheus-operator:${imagePins.prometheusOperator.tag}@${digest}`);
  expect(args).toContain(
    '--prometheus-config-reloader=mirror:5000/prometheus-operator/prometheus-config-reloader:v0.94.1',
  );
  const { spec } = findObject(objects, 'Prometheus', `${fullname}-prometheus`);
  expect(spec.image).toBe('mirror:5000/prometheus/prometheus:v3.13.5');
  expect(spec.imagePullSecrets).toEqual([{ name: 'mirror' }, { name: 'other' }]);
  expect(findObject(objects, 'Alertmanager', `${fullname}-alertmanager`).spec.imagePullSecrets).toEqual([
    { name: 'mirror' },
  ]);
});

test.each([
  ['an unknown key', { prometheus: { retentoin: '5d' } }, "at '/prometheus': additional properties 'retentoin'"],
  ['an unknown key of an exporter', { 'node-exporter': { image: { name: 'x' } } }, "at '/node-exporter/image'"],
  ['a retention that Alertmanager cannot read', { alertmanager: { retention: '5d' } }, "at '/alertmanager/retention'"],
])('%s is refused, with its place', async (_, values, message) => {
  await expect(render(values)).rejects.toThrow(message);
});

test('the same values give the same objects, whatever the supported version of Kubernetes', async () => {
  const at = (kubeVersion: string) =>
    renderChart('kube-prometheus', { release: 'prometheus', namespace: 'm', values: everything, kubeVersion });
  expect(await at('1.36.0')).toEqual(await at('1.32.0'));
  await expect(at('1.31.0')).rejects.toThrow('>=1.32.0-0');
});
