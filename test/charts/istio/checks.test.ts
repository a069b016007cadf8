import istio from '../../../charts/istio/service';
import { accepts, finds } from '../../lib/checks/faults';
import { crd, type Draft } from '../../lib/checks/small-output';

const gateway = (draft: Draft, labels: object): void => {
  crd(draft, 'networking.istio.io', 'Gateway', 'v1');
  draft.add(60, 'networking.istio.io/v1 Gateway mlops-web/gateway', { spec: { selector: labels } });
};

finds(
  'Istio',
  [
    [
      'a Gateway without pods',
      (draft) => gateway(draft, { istio: 'ingress' }),
      'Gateway/mlops-web/gateway: its selector istio=ingress matches no pod (compare it with the labels of the pod template)',
    ],
    [
      'the image that the injector puts together from a hub and a tag',
      (draft) =>
        (draft.find('ConfigMap', 'settings').data.values = '{"global":{"hub":"docker.io/istio","tag":"latest"}}'),
      'ConfigMap/mlops-web/settings: data.values is the image docker.io/istio/proxyv2:latest, which changes under its tag (pin another one)',
    ],
  ],
  [istio],
);

accepts(
  'Istio',
  [
    ['a Gateway of pods in any namespace', (draft) => gateway(draft, { app: 'web' })],
    [
      'a Gateway of the pods of somebody else’s Istio',
      (draft) => {
        draft.external.apiGroups.add('networking.istio.io');
        gateway(draft, { istio: 'ingress' });
      },
    ],
    [
      'a hub and a tag beside a whole image, which the injector takes in their place',
      (draft) =>
        (draft.find('ConfigMap', 'settings').data.values =
          '{"global":{"hub":"docker.io/istio","tag":"latest","proxy":{"image":"docker.io/istio/proxyv2:1.31.4"}}}'),
    ],
    ['the image that istiod fills in', (draft) => (draft.container.image = 'auto')],
    [
      'the certificate that istiod puts into each namespace',
      (draft) => draft.pod.volumes.push({ name: 'ca', configMap: { name: 'istio-ca-root-cert' } }),
    ],
  ],
  [istio],
);
