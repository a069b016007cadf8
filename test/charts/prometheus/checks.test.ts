import prometheus from '../../../charts/prometheus/service';
import seldon from '../../../charts/seldon/service';
import { accepts, finds } from '../../lib/checks/faults';
import { crd, goodPod, type Draft, type Loose } from '../../lib/checks/small-output';

const add = (draft: Draft, kind: string, spec: Loose): Loose => {
  crd(draft, 'monitoring.coreos.com', kind);
  return draft.add(60, `monitoring.coreos.com/v1 ${kind} mlops-web/web`, { spec });
};

const web = { matchLabels: { app: 'web' } };
const { resources } = goodPod('x').spec.containers[0];
const configuration = 'receivers:\n- name: mail\n  email_configs:\n  - auth_password: hunter2\n';

finds(
  'Prometheus',
  [
    [
      'a monitor of no Service',
      (draft) => add(draft, 'ServiceMonitor', { selector: web, endpoints: [{ port: 'http' }] }),
      'ServiceMonitor/mlops-web/web: its selector app=web matches no Service (compare it with the labels there)',
    ],
    [
      'a monitor of a port that its Services do not have',
      (draft) => {
        draft.find('Service', 'web').metadata.labels.app = 'web';
        add(draft, 'ServiceMonitor', { selector: web, endpoints: [{ port: 'metrics' }] });
      },
      'ServiceMonitor/mlops-web/web: port metrics is none of its Services (they have http)',
    ],
    [
      'a monitor that looks into another namespace',
      (draft) =>
        add(draft, 'PodMonitor', {
          selector: web,
          namespaceSelector: { matchNames: ['default'] },
          podMetricsEndpoints: [{ port: 'http' }],
        }),
      'PodMonitor/mlops-web/web: its selector app=web matches no pod (compare it with the labels there)',
    ],
    [
      'the password of a monitor that nothing makes',
      (draft) => {
        draft.find('Service', 'web').metadata.labels.app = 'web';
        const basicAuth = { password: { name: 'metrics', key: 'password' } };
        add(draft, 'ServiceMonitor', { selector: web, endpoints: [{ port: 'http', basicAuth }] });
      },
      'ServiceMonitor/mlops-web/web: password names Secret metrics, which nothing makes (declare a Credential in mlops-web)',
    ],
    [
      'the Secret of a probe that nothing makes',
      (draft) => add(draft, 'Probe', { bearerTokenSecret: { name: 'probe', key: 'token' } }),
      'Probe/mlops-web/web: bearerTokenSecret names Secret probe, which nothing makes (declare a Credential in mlops-web)',
    ],
    ...['Prometheus', 'Alertmanager'].map(
      (kind) =>
        [
          `the image of ${kind} that its operator would choose, and its missing limit`,
          (draft: Draft) =>
            add(draft, kind, { resources: { requests: resources.requests, limits: { memory: '1Gi' } } }),
          `${kind}/mlops-web/web: names no image, so the operator would choose one (set spec.image)`,
          `${kind}/mlops-web/web: container ${kind.toLowerCase()} has no limit of cpu (say how much it may take)`,
        ] as const,
    ),
    [
      'what a Prometheus and an Alertmanager name, and nothing makes',
      (draft) => {
        const server = { image: 'a/b:1', resources, secrets: ['gone'] };
        const alertmanagers = [{ name: 'gone', namespace: 'mlops-web', port: 'web' }];
        add(draft, 'Prometheus', {
          ...server,
          storage: { volumeClaimTemplate: { spec: { storageClassName: 'gone' } } },
          alerting: { alertmanagers },
        });
        add(draft, 'Alertmanager', { ...server, configSecret: 'gone' });
      },
      'Prometheus/mlops-web/web: secrets names Secret gone, which nothing makes (declare a Credential in mlops-web)',
      'Prometheus/mlops-web/web: storage names StorageClass gone, which nothing makes (correct the name or set cluster.storageClass in the config)',
      'Prometheus/mlops-web/web: alerting names Service gone, which nothing makes (correct the name or add the object)',
      'Alertmanager/mlops-web/web: secrets names Secret gone, which nothing makes (declare a Credential in mlops-web)',
      'Alertmanager/mlops-web/web: configSecret names Secret gone, which nothing makes (declare a Credential in mlops-web)',
    ],
    [
      "a password in Alertmanager's configuration, encoded or not",
      (draft) => {
        draft.add(40, 'v1 Secret mlops-web/plain', { stringData: { 'alertmanager.yaml': configuration } });
        draft.add(40, 'v1 Secret mlops-web/encoded', {
          data: { 'alertmanager.yaml': Buffer.from(configuration).toString('base64') },
        });
      },
      'Secret/mlops-web/plain: alertmanager.yaml holds the field auth_password (read it from a file instead)',
      'Secret/mlops-web/encoded: alertmanager.yaml holds the field auth_password (read it from a file instead)',
    ],
    [
      'an exporter of the nodes in a namespace that does not admit it',
      (draft) => {
        const template = goodPod('exporter');
        template.spec.hostNetwork = true;
        draft.add(40, 'apps/v1 DaemonSet mlops-web/prometheus-node-exporter', {
          spec: { selector: { matchLabels: { app: 'exporter' } }, template },
        });
      },
      'DaemonSet/mlops-web/prometheus-node-exporter: the pod sets hostNetwork (hostNamespaces of the baseline level: namespace mlops-web enforces restricted)',
    ],
  ],
  [prometheus],
);

accepts(
  'Prometheus',
  [
    [
      'a Service in front of the pods of a Prometheus, and the Service that its operator makes',
      (draft) => {
        add(draft, 'Prometheus', { image: 'registry.example.org/prometheus:v2.41.0', resources });
        draft.add(40, 'v1 Service mlops-web/prometheus', {
          spec: { selector: { prometheus: 'web' }, ports: [{ port: 9090, targetPort: 'web' }] },
        });
        draft.container.env.push({ name: 'URL', value: 'http://prometheus-operated.mlops-web.svc:9090' });
      },
    ],
    [
      'a monitor of models yet to come',
      (draft) =>
        add(draft, 'PodMonitor', {
          selector: { matchLabels: { 'app.kubernetes.io/managed-by': 'seldon-core' } },
          namespaceSelector: { any: true },
          podMetricsEndpoints: [{ port: 'metrics' }],
        }),
    ],
    [
      'a monitor of the kubelets, whose Service the operator keeps where its flag says',
      (draft) => {
        draft.container.args = ['--kubelet-service=kube-system/kubelets'];
        add(draft, 'ServiceMonitor', {
          selector: { matchLabels: { 'k8s-app': 'kubelet' } },
          namespaceSelector: { matchNames: ['kube-system'] },
          endpoints: [{ port: 'https-metrics' }],
        });
      },
    ],
    [
      'routes of alerts whose passwords come from files',
      (draft) =>
        draft.add(40, 'v1 Secret mlops-web/alerts', {
          stringData: { 'alertmanager.yaml': 'global:\n  smtp_auth_password_file: /x\nroute:\n  receiver: none\n' },
        }),
    ],
  ],
  [prometheus, seldon],
);
