import { components } from '../../../charts/config';
import { sizesOf } from '../../../lib/config/sizes';
import type { Loose } from '../../support/config';
import { platform, watched } from './platform';

describe('the cluster', () => {
  test.each(['1.32', '1.36'])('may have Kubernetes %s', async (kubernetesVersion) => {
    const { objects } = await platform({ cluster: { kubernetesVersion } });
    // Served by both: none of the APIs that the versions between them removed.
    const removed = [
      'flowcontrol.apiserver.k8s.io/v1beta2',
      'flowcontrol.apiserver.k8s.io/v1beta3',
      'autoscaling/v2beta2',
      'policy/v1beta1',
    ];
    expect(objects.filter(({ apiVersion }) => removed.includes(apiVersion))).toEqual([]);
  });

  test('may lack a provisioner of volumes: one on an NFS share makes the default class', async () => {
    const { get, names, text } = await platform({
      cluster: { nfs: { server: 'nfs.example.org', path: '/exports/mlops', storageClass: 'shared' } },
    });
    expect(names.some((name) => name.endsWith('-nfs-provisioner.yaml'))).toBe(true);
    expect(get('StorageClass', 'shared').metadata.annotations).toMatchObject({
      'storageclass.kubernetes.io/is-default-class': 'true',
    });
    expect(get('PersistentVolumeClaim', 'minio').spec.storageClassName).toBe('shared');
    expect(text).toContain('/exports/mlops');
  });

  test('may have a class for volumes that is not its default', async () => {
    const { get } = await platform({ cluster: { storageClass: 'fast' } });
    const classOf = (name: string): unknown =>
      get('StatefulSet', name).spec.volumeClaimTemplates[0].spec.storageClassName;
    expect(['kafka-controller', 'postgresql-mlflow', 'prefect-server-postgresql'].map(classOf)).toEqual([
      'fast',
      'fast',
      'fast',
    ]);
    expect(get('PersistentVolumeClaim', 'minio').spec.storageClassName).toBe('fast');
    expect(
      get('Prometheus', 'prometheus-kube-prometheus-prometheus').spec.storage.volumeClaimTemplate.spec.storageClassName,
    ).toBe('fast');
  });

  test('may have another DNS domain, and then no address is in the usual one', async () => {
    const { text } = await platform({ cluster: { domain: 'k8s.example.org' } });
    expect(text).toContain('mlops-minio.svc.k8s.example.org');
    // Istio's trust domain is a name in certificates, not an address.
    expect(text.split('\n').filter((line) => /(?<!trustDomain: )cluster\.local/.test(line))).toEqual([]);
  });

  test('may be reached by an IPv6 address, which URLs have in brackets', async () => {
    const nodePort = { type: 'nodePort' };
    const open = { expose: { ...nodePort, withoutLogin: true } };
    const services = { prefect: { expose: nodePort }, prometheus: open, kafka: open };
    const keys = { cluster: { externalHost: '2001:db8::10' }, models: [watched], services };
    const { get, text, addresses } = await platform(keys);
    expect(get('Prometheus', 'prometheus-kube-prometheus-prometheus').spec.externalUrl).toBe(
      'http://[2001:db8::10]:30090/',
    );
    const { containers } = get('Deployment', 'prefect-server').spec.template.spec;
    expect(JSON.stringify(containers)).toContain('http://[2001:db8::10]:30420/api');
    // Brackets are optional to Kafka (Kafka 4.4.0, network/SocketServerConfigs.java).
    const [, host, port] = /advertised\.listeners=.*EXTERNAL:\/\/\[?([0-9a-zA-Z\-%._:]*)\]?:(\d+)/.exec(text) ?? [];
    expect([host, port]).toEqual(['2001:db8::10', '30093']);
    expect(addresses.filter(({ url }) => !url.includes('[2001:db8::10]:'))).toEqual([]);
  });
});

describe('the size profile', () => {
  test.each(['laptop', 'team', 'production'] as const)('%s decides on replicas and disks', async (profile) => {
    const { get, has } = await platform({ size: { profile } });
    const sizes = sizesOf(components, profile, {});
    const disks = get('StatefulSet', 'kafka-controller').spec.volumeClaimTemplates;
    expect(get('StatefulSet', 'kafka-controller').spec.replicas).toBe(sizes.kafka.replicas);
    expect(disks[0].spec.resources.requests.storage).toBe(sizes.kafka.disk);
    expect(get('Deployment', 'mlflow-tracking-server').spec.replicas).toBe(sizes.mlflow.replicas);
    expect(get('Prometheus', 'prometheus-kube-prometheus-prometheus').spec.replicas).toBe(sizes.prometheus.replicas);
    expect(get('SeldonDeployment', 'creditcard').spec.predictors[0].replicas).toBe(sizes.modelServer.replicas);
    expect(has('PodDisruptionBudget', 'mlflow-tracking-server')).toBe(profile === 'production');
  });

  test('keeps brokers on nodes of their own in production, and in zones where there are some', async () => {
    const affinityIn = async (size: object): Promise<Loose> => {
      const { get } = await platform({ size });
      const { affinity, ...pod } = get('StatefulSet', 'kafka-controller').spec.template.spec;
      const [required = {}, ...others] = affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution ?? [];
      expect({ others, pod }).toMatchObject({ others: [], pod: { containers: [{ name: 'kafka' }] } });
      return { required, preferred: affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution };
    };
    const { required, preferred } = await affinityIn({ profile: 'production' });
    const { get } = await platform({ size: { profile: 'production' } });
    expect(required.topologyKey).toBe('kubernetes.io/hostname');
    expect(get('StatefulSet', 'kafka-controller').spec.template.metadata.labels).toMatchObject(
      required.labelSelector.matchLabels,
    );
    expect(preferred).toMatchObject([
      { podAffinityTerm: { topologyKey: 'topology.kubernetes.io/zone', labelSelector: required.labelSelector } },
    ]);
    const alone = { profile: 'production', overrides: { kafka: { replicas: 1 } } };
    for (const size of [{ profile: 'team' }, alone]) expect((await affinityIn(size)).required).toEqual({});
  });

  test('gives way to single figures, of every component', async () => {
    const figures = { cpu: '11m', cpuLimit: '3', memory: '1000Mi', memoryLimit: '1001Mi' };
    const { text } = await platform({
      size: {
        profile: 'team',
        overrides: Object.fromEntries(Object.keys(components).map((component) => [component, figures])),
      },
      services: { istio: { egressGateway: true }, grafana: {} },
      cluster: { nfs: { server: 'nfs.example.org', path: '/share' } },
    });
    // Each component at least once, and no figure of the profile beside them.
    expect(text.match(/["']?(memory|memoryLimit)["']?: ["']?1001Mi/g)?.length).toBeGreaterThanOrEqual(
      Object.keys(components).length - 1,
    );
    expect(text).not.toMatch(/memory: 16Gi/);
  });
});

describe('copies of the data in Kafka', () => {
  test.each([
    ['team', undefined, 3, 2],
    ['team', 1, 1, 1],
    ['laptop', undefined, 1, 1],
  ] as const)(
    'in profile %s with a factor of %p are %p, of which %p must be written',
    async (profile, replicationFactor, factor, least) => {
      const { text } = await platform({ size: { profile }, services: { kafka: { replicationFactor } } });
      expect(text).toContain(`offsets.topic.replication.factor=${factor}`);
      expect(text).toContain(`min.insync.replicas=${least}`);
    },
  );
});

describe('secrets', () => {
  test('that are generated come from a Job, and never from a manifest', async () => {
    const { names, objects, secrets } = await platform({ secrets: { mode: 'generated' } });
    expect(names).toContain('20-credentials.yaml');
    const listed = objects.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'credentials',
    ) as Loose;
    const specs = JSON.parse(listed.data['secrets-0.json']) as { namespace: string; name: string; keys: object }[];
    expect(specs.map(({ namespace, name, keys }) => ({ namespace, name, keys }))).toEqual(
      secrets.map(({ namespace, name, keys }) => ({ namespace, name, keys })),
    );
  });

  test('that exist leave no Job, and the same list for you', async () => {
    const { names, secrets } = await platform({ secrets: { mode: 'existing' } });
    expect(names).not.toContain('20-credentials.yaml');
    expect(secrets).toEqual((await platform()).secrets);
  });
});

test('another name and another prefix of namespaces are everywhere', async () => {
  const { objects, text } = await platform({ name: 'fraud', namespacePrefix: 'team-a' });
  expect(text).not.toMatch(/\bmlops-(?!infra\b)/);
  const foreign = objects.filter(
    ({ kind, metadata }) => kind === 'Namespace' && !/^(team-a-.*|istio-system)$/.test(metadata.name),
  );
  expect(foreign).toEqual([]);
  expect(objects.filter(({ metadata }) => metadata.labels?.['mlops-infra/platform'] !== 'fraud')).toEqual([]);
});
