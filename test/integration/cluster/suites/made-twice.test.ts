import type { KubernetesObject } from '../../../../lib/kubernetes/object';
import { madeTwice } from './made-twice';

const manifests = ['Deployment', 'Service', 'Ingress', 'NetworkPolicy', 'Endpoints', 'Gateway'].map(
  (kind): KubernetesObject => ({ apiVersion: 'v1', kind, metadata: { namespace: 'here', name: 'web' } }),
);

test.each([
  'Error creating: pods "web-5d9c7f-x2x8k" already exists',
  'Failed to create new replica set "web-5d9c7f": replicasets.apps "web-5d9c7f" already exists',
  'create Claim data-db-0 for Pod db-0 in StatefulSet db failed error: persistentvolumeclaims "data-db-0" already exists',
  'deployments.apps "web-canary" already exists',
  'pods "web" already exists',
])('a controller has made an object twice that no manifest has: %s', (message) => {
  expect(madeTwice(message, manifests)).toBe(true);
});

test.each([
  'services "web" already exists',
  'deployments.apps "web" already exists',
  'ingresses.networking.k8s.io "web" already exists',
  'networkpolicies.networking.k8s.io "web" already exists',
  'Failed to create endpoint for service here/web: endpoints "web" already exists',
  'gateways.networking.istio.io "web" already exists',
])('an object that a manifest has is a clash: %s', (message) => {
  expect(madeTwice(message, manifests)).toBe(false);
});

test.each([
  'Error creating: pods "web-5d9c7f-x2x8k" is forbidden: exceeded quota: team',
  'Failed to pull image "web": not found, tag "1" already exists',
  'pods "web-5d9c7f-x2x8k" already exists, but is not controlled by ReplicaSet web-5d9c7f',
  'already exists',
])('any other message is one that nobody expects: %s', (message) => {
  expect(madeTwice(message, manifests)).toBe(false);
});
