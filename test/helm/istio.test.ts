import { readFileSync } from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';
import { findObject, renderChart } from './render';
import type { KubeObject } from './render';

const folder = (chart: string): string => path.resolve(__dirname, '../../helm', chart);

const base = (namespace = 'istio-system') =>
  renderChart('istio-base', { release: 'istio-base', namespace, values: { global: { istioNamespace: namespace } } });

const istiod = (values: object = {}, namespace = 'istio-system') =>
  renderChart('istiod', { release: 'istiod', namespace, values });

const gateway = (values: object = {}, release = 'istio-ingressgateway', namespace = 'istio-system') =>
  renderChart('istio-gateway', { release, namespace, values });

const kinds = (objects: readonly KubeObject[]) => objects.map(({ kind }) => kind);

const proxy = (objects: readonly KubeObject[], name = 'istio-ingressgateway') =>
  findObject(objects, 'Deployment', name).spec.template.spec.containers[0];

const ports = (objects: readonly KubeObject[], name: string) =>
  findObject(objects, 'Service', name).spec.ports.map(
    (port: { name: string; port: number; targetPort?: number }) =>
      `${port.name} ${port.port}→${port.targetPort ?? port.port}`,
  );

describe('istio-base', () => {
  test('every definition stores one version and takes an object without fields', async () => {
    const definitions = (await base()).filter(({ kind }) => kind === 'CustomResourceDefinition');
    expect(definitions).toHaveLength(14);
    for (const { spec } of definitions) {
      expect(spec.versions.filter((version: { storage: boolean }) => version.storage)).toHaveLength(1);
      // istiod tests its own validation with an empty Gateway, which has to get as far as the webhook.
      expect(JSON.stringify(spec.versions)).not.toContain('"required"');
    }
  });

  test('validation is asked of istiod in the given namespace and does not block while istiod is away', async () => {
    const [webhook] = findObject(await base('lab-istio'), 'ValidatingWebhookConfiguration', 'istiod-default-validator')
      .webhooks as [{ clientConfig: { service: object }; failurePolicy: string }];
    expect(webhook.clientConfig.service).toEqual({ name: 'istiod', namespace: 'lab-istio', path: '/validate' });
    expect(webhook.failurePolicy).toBe('Ignore');
  });
});

describe('istiod', () => {
  test('publishes the ports that proxies and the API server call', async () => {
    const objects = await istiod();
    expect(ports(objects, 'istiod')).toEqual([
      'grpc-xds 15010→15010',
      'https-dns 15012→15012',
      'https-webhook 443→15017',
      'http-monitoring 15014→15014',
    ]);
    expect(findObject(objects, 'Deployment', 'istiod').spec.selector.matchLabels).toEqual({ istio: 'pilot' });
  });

  test.each(['istio-system', 'lab-istio'])('may write exactly the webhook that exists, in namespace %s', async (ns) => {
    const objects = await istiod({}, ns);
    const written = findObject(objects, 'ClusterRole', `istiod-clusterrole-${ns}`)
      .rules.filter(({ resources: [resource] }: { resources: string[] }) => resource?.includes('webhook'))
      .flatMap(({ resourceNames = [] }: { resourceNames?: string[] }) => resourceNames)
      .sort();
    const present = [...objects, ...(await base(ns))]
      .filter(({ kind }) => kind.endsWith('WebhookConfiguration'))
      .map(({ metadata }) => metadata.name)
      .sort();
    expect(written).toEqual(present);
  });

  test('merges meshConfig over its own and keeps the rest', async () => {
    const mesh = async (values: object) =>
      load(findObject(await istiod(values, 'lab-istio'), 'ConfigMap', 'istio').data.mesh) as object;
    const own = {
      rootNamespace: 'lab-istio',
      defaultConfig: { discoveryAddress: 'istiod.lab-istio.svc:15012' },
      defaultProviders: { metrics: ['prometheus'] },
    };
    expect(await mesh({})).toMatchObject(own);
    expect(await mesh({ meshConfig: { defaultConfig: { concurrency: 1 }, enableTracing: true } })).toMatchObject({
      ...own,
      defaultConfig: { ...own.defaultConfig, concurrency: 1 },
      enableTracing: true,
    });
    expect(await mesh({ telemetry: { enabled: false } })).not.toHaveProperty('defaultProviders');
  });

  test('has a fixed number of pods or an autoscaler, and a disruption budget from two pods on', async () => {
    const fixed = await istiod({ pilot: { autoscaleEnabled: false, replicaCount: 2 } });
    expect(findObject(fixed, 'Deployment', 'istiod').spec.replicas).toBe(2);
    expect(kinds(fixed)).toContain('PodDisruptionBudget');
    expect(kinds(fixed)).not.toContain('HorizontalPodAutoscaler');
    const scaled = await istiod();
    expect(findObject(scaled, 'Deployment', 'istiod').spec).not.toHaveProperty('replicas');
    expect(kinds(scaled)).toContain('HorizontalPodAutoscaler');
    expect(kinds(scaled)).not.toContain('PodDisruptionBudget');
  });

  test('refuses a namespace that is not its own, and a key that it does not know', async () => {
    await expect(istiod({ global: { istioNamespace: 'other' } })).rejects.toThrow(
      'global.istioNamespace: "other" is not the namespace of the release, "istio-system"',
    );
    await expect(istiod({ pilot: { replicas: 2 } })).rejects.toThrow("additional properties 'replicas' not allowed");
  });
});

// That of Istio 1.17 stays until somebody removes it, and refuses pods while no istiod answers: also one of istiod.
test.each([
  ['istiod', istiod],
  ['istio-ingressgateway', gateway],
])('no injector of another Istio takes a pod of %s', async (name, render) => {
  const { labels } = findObject(await render(), 'Deployment', name).spec.template.metadata;
  expect(labels['sidecar.istio.io/inject']).toBe('false');
});

describe('istio-gateway', () => {
  test.each(['ingress', 'egress'])('is found by the label istio: %sgateway', async (direction) => {
    const name = `istio-${direction}gateway`;
    const selected = { app: name, istio: `${direction}gateway` };
    const objects = await gateway({}, name);
    expect(findObject(objects, 'Service', name).spec.selector).toEqual(selected);
    const { selector, template } = findObject(objects, 'Deployment', name).spec;
    expect(selector.matchLabels).toEqual(selected);
    expect(template.metadata.labels).toMatchObject(selected);
    expect(ports(objects, name)).toEqual(['status-port 15021→15021', 'http2 80→80', 'https 443→443']);
  });

  test('needs no webhook that chooses its image, which may have any name and a digest', async () => {
    const image = `registry.local/our-proxy:1@sha256:${'a'.repeat(64)}`;
    expect(proxy(await gateway({ global: { proxy: { image } } })).image).toBe(image);
  });

  test('takes its configuration from istiod, wherever that is', async () => {
    const discovery = async (values: object, namespace: string) => {
      const { env } = proxy(await gateway(values, 'istio-ingressgateway', namespace));
      const { value } = env.find(({ name }: { name: string }) => name === 'PROXY_CONFIG') as { value: string };
      return (JSON.parse(value) as { discoveryAddress: string }).discoveryAddress;
    };
    expect(await discovery({}, 'lab-istio')).toBe('istiod.lab-istio.svc:15012');
    expect(await discovery({ global: { istioNamespace: 'mesh' } }, 'edge')).toBe('istiod.mesh.svc:15012');
  });

  test('accepts the global values of istiod as they are', async () => {
    const { global } = load(readFileSync(path.join(folder('istiod'), 'values.yaml'), 'utf8')) as { global: object };
    await expect(gateway({ global })).resolves.not.toHaveLength(0);
  });

  test('fixes a node port where one is given', async () => {
    const objects = await gateway({
      service: { type: 'NodePort', ports: [{ name: 'http2', port: 80, targetPort: 80, nodePort: 30080 }] },
    });
    const { spec } = findObject(objects, 'Service', 'istio-ingressgateway');
    expect(spec).toMatchObject({ type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] });
  });

  test('refuses a key that it does not know', async () => {
    await expect(gateway({ service: { nodePort: 30080 } })).rejects.toThrow(
      "additional properties 'nodePort' not allowed",
    );
  });
});
