import type { KubernetesObject } from '../../../lib/kubernetes/object';
import type { ClusterFacts, Node } from '../../../cluster/doctor/facts';
import type { Finding } from '../../../cluster/doctor/finding';
import type { Platform } from '../../../cluster/doctor/platform';
import { dataRules, declared, operators, upgrades } from '../../../charts/catalog';
import { objectsOf } from '../../../lib/checks/output';
import { smallOutput, type Draft, type Loose } from '../../lib/checks/small-output';
import { parse } from '../../support/config';

/** Metadata of what the platform has made. */
export const ours = { labels: { 'mlops-infra/platform': 'mlops' } };

/** A small platform: a web server with a database. */
export function platform(change: (draft: Draft) => void = () => undefined, keys: object = {}): Platform {
  const draft = smallOutput();
  change(draft);
  const images: Platform['images'] = [];
  return {
    ...{ config: parse(keys), objects: objectsOf(draft.output), secrets: [], images },
    externalNamespaces: new Set(),
    ...{ operators, upgrades, dataRules, customResources: declared.customResources },
  };
}

/** An object in the cluster; a text stands for `apiVersion Kind namespace/name`. */
export function live(identity: string, fields: Loose = {}): Loose {
  const [apiVersion = '', kind = '', name = ''] = identity.split(' ');
  const [first = '', second] = name.split('/');
  const metadata = second === undefined ? { name: first } : { namespace: first, name: second };
  return { apiVersion, kind, ...fields, metadata: { ...metadata, ...fields.metadata } };
}

export const node = (name: string, fields: Loose = {}): Node => ({
  ...live(`v1 Node ${name}`),
  spec: fields.spec,
  status: {
    allocatable: { cpu: '4', memory: '8Gi', pods: '110', ...fields.allocatable },
    conditions: [{ type: 'Ready', status: fields.ready ?? 'True' }],
    addresses: fields.addresses,
    images: fields.images,
    nodeInfo: { architecture: fields.architecture ?? 'amd64', operatingSystem: fields.system ?? 'linux' },
  },
});

/** Of a program that enforces policies. */
export const networkPod: Loose = live('v1 Pod kube-system/network', {
  spec: { containers: [{ name: 'main', image: 'quay.io/calico/node:v3.30.0' }] },
});

/** A cluster that the small platform fits into. */
export const facts = (changes: Partial<ClusterFacts> = {}): ClusterFacts => ({
  version: 'v1.34.4',
  nodes: [node('a')],
  pods: [networkPod],
  apiServerSlices: [live('discovery.k8s.io/v1 EndpointSlice default/kubernetes', { ports: [{ port: 6443 }] })],
  services: [],
  namespaces: [],
  deployments: [],
  storageClasses: [storageClass('standard')],
  quotas: [],
  limitRanges: [],
  webhooks: [],
  autoscaled: false,
  existing: new Map<KubernetesObject, never>(),
  unserved: [],
  secretKeys: new Map(),
  missingRights: [],
  ungrantableRights: [],
  unseen: [],
  ...changes,
});

export const storageClass = (name: string, isDefault = true, provisioner = 'example.org/disks'): Loose =>
  live(`storage.k8s.io/v1 StorageClass ${name}`, {
    provisioner,
    metadata: isDefault ? { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } } : {},
  });

/** `severity: text → remedy`. */
export const lines = (findings: readonly Finding[]): string[] =>
  findings.map((finding) => `${finding.severity}: ${finding.text}${'remedy' in finding ? ` → ${finding.remedy}` : ''}`);
