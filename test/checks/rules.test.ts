import { check } from '../../lib/checks';
import { Endpoint } from '../../lib/wiring/endpoint';
import { crd, goodPod, smallOutput, type Draft, type Loose } from './small-output';

/** A fault, how to make it, and every line that comes of it. */
type Fault = readonly [fault: string, make: (draft: Draft) => void, ...violations: string[]];

/** A thing that looks like a fault and is none. */
type Innocent = readonly [thing: string, make: (draft: Draft) => void];

function finds(rule: string, faults: readonly Fault[]): void {
  describe(rule, () => {
    test.each(faults.map(([fault, make, ...violations]) => ({ fault, make, violations })))(
      'finds $fault',
      ({ make, violations }) => {
        const draft = smallOutput();
        make(draft);
        expect(check(draft.output)).toEqual(violations);
      },
    );
  });
}

function accepts(rule: string, things: readonly Innocent[]): void {
  describe(rule, () => {
    test.each(things.map(([thing, make]) => ({ thing, make })))('accepts $thing', ({ make }) => {
      const draft = smallOutput();
      make(draft);
      expect(check(draft.output)).toEqual([]);
    });
  });
}

const web = 'Deployment/mlops-web/web';

test('a small output that keeps every rule has no violations', () => {
  expect(check(smallOutput().output)).toEqual([]);
});

finds('identities', [
  [
    'an object that is there twice',
    (draft) => draft.add(40, 'v1 ServiceAccount mlops-web/web', { automountServiceAccountToken: false }),
    'ServiceAccount/mlops-web/web: is there twice (the later one would replace the earlier one)',
  ],
  [
    'two credentials of one name',
    (draft) => draft.secrets.push({ namespace: 'mlops-web', name: 'login', keys: { password: { random: 20 } } }),
    'Secret/mlops-web/login: two credentials make it (rename one of them)',
  ],
]);

finds('schemas', [
  [
    'a field that the kind does not have',
    (draft) => (draft.container.imagePolicy = 'Always'),
    `${web}: spec.template.spec.containers[0].imagePolicy: unknown field`,
  ],
  [
    'a kind that nothing defines',
    (draft) => draft.add(60, 'example.org/v1 Thing mlops-web/one'),
    'Thing/mlops-web/one: nothing defines example.org/v1 Thing (add its CustomResourceDefinition)',
  ],
]);
accepts('schemas', [
  [
    'a kind of an API group that somebody else has installed',
    (draft) => {
      draft.foreign.apiGroups.add('example.org');
      draft.add(60, 'example.org/v1 Thing mlops-web/one');
    },
  ],
]);

finds('names', [
  [
    'capital letters in a name',
    (draft) => draft.add(40, 'v1 ConfigMap mlops-web/Settings'),
    'ConfigMap/mlops-web/Settings: metadata.name "Settings" is not valid (use at most 253 lower-case letters, digits, hyphens and dots)',
  ],
  [
    'a Service whose name begins with a digit',
    (draft) => draft.add(40, 'v1 Service mlops-web/1st', { spec: { ports: [{ port: 80 }] } }),
    'Service/mlops-web/1st: metadata.name "1st" is not valid (use at most 63 lower-case letters, digits and hyphens, with a letter first)',
  ],
  [
    'a role whose name is a path',
    (draft) => (draft.add(40, 'rbac.authorization.k8s.io/v1 Role mlops-web/x').metadata.name = 'a/b'),
    'Role/mlops-web/a/b: metadata.name "a/b" is not valid (use a path segment without "/" and "%")',
  ],
  [
    'a StatefulSet whose pods could not be labelled',
    (draft) => {
      const name = 'd'.repeat(53);
      draft.find('StatefulSet', 'db').metadata.name = name;
      draft.find('StatefulSet', name).spec.template.spec.containers[0].env.pop();
      draft.container.env.pop();
    },
    `StatefulSet/mlops-web/${'d'.repeat(53)}: metadata.name "${'d'.repeat(53)}" is not valid (use at most 52 lower-case letters, digits and hyphens)`,
  ],
  [
    'a label value of more than 63 characters',
    (draft) => (draft.find('ConfigMap', 'settings').metadata.labels.team = 'x'.repeat(64)),
    `ConfigMap/mlops-web/settings: value of label team "${'x'.repeat(64)}" is not valid (use at most 63 letters, digits, ".", "-" and "_", with a letter or digit at both ends)`,
  ],
  [
    'an annotation key that ends in a hyphen',
    (draft) => (draft.find('ConfigMap', 'settings').metadata.annotations = { 'example.org/a-': '' }),
    'ConfigMap/mlops-web/settings: annotation "a-" is not valid (use at most 63 letters, digits, ".", "-" and "_", with a letter or digit at both ends)',
  ],
  [
    'a port name of more than 15 characters',
    (draft) => draft.container.ports.push({ name: 'metrics-and-more', containerPort: 9090 }),
    `${web}: port name "metrics-and-more" is not valid (use at most 15 lower-case letters, digits and hyphens)`,
  ],
  [
    'a file name with a slash in a ConfigMap',
    (draft) => (draft.find('ConfigMap', 'settings').data['a/b'] = ''),
    'ConfigMap/mlops-web/settings: data "a/b" is not valid (use letters, digits, ".", "-" and "_")',
  ],
]);

finds('namespaces', [
  [
    'a namespace that nobody makes',
    (draft) => draft.add(40, 'v1 ConfigMap mlops-wep/other'),
    'ConfigMap/mlops-wep/other: namespace mlops-wep is not made (register it with the platform)',
  ],
  [
    'an object that should be in one and is not',
    (draft) => draft.add(40, 'v1 ConfigMap other'),
    'ConfigMap/other: has no namespace (say which)',
  ],
  [
    'a cluster-scoped object in one',
    (draft) => draft.add(40, 'rbac.authorization.k8s.io/v1 ClusterRole mlops-web/reader'),
    'ClusterRole/mlops-web/reader: is cluster-scoped (leave the namespace out)',
  ],
  [
    'a credential in a namespace that nobody makes',
    (draft) => draft.secrets.push({ namespace: 'mlops-wep', name: 'other', keys: {} }),
    'Secret/mlops-wep/other: namespace mlops-wep is not made (register it with the platform)',
  ],
]);
accepts('namespaces', [
  ['what every cluster has', (draft) => draft.add(40, 'v1 ConfigMap kube-system/other')],
  [
    'what the config says is there',
    (draft) => {
      draft.foreign.namespaces.add('istio');
      draft.add(40, 'v1 ConfigMap istio/other');
    },
  ],
]);

const role = (draft: Draft, name: string): Loose =>
  draft.add(40, `rbac.authorization.k8s.io/v1 Role mlops-web/${name}`, { rules: [] });
const binding = (draft: Draft, kind: string, name: string, account = 'web'): Loose =>
  draft.add(40, 'rbac.authorization.k8s.io/v1 RoleBinding mlops-web/web', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace: 'mlops-web' }],
  });

finds('references', [
  [
    'a Secret that nothing makes',
    (draft) => (draft.container.env[0].valueFrom.secretKeyRef.name = 'logon'),
    `${web}: env PASSWORD of container web names Secret logon, which nothing makes (declare a Credential in mlops-web)`,
  ],
  [
    'a key that the Secret does not have',
    (draft) => (draft.container.env[0].valueFrom.secretKeyRef.key = 'pass'),
    `${web}: env PASSWORD of container web asks Secret login for key pass (it has password)`,
  ],
  [
    'a Secret of envFrom',
    (draft) => draft.container.envFrom.push({ secretRef: { name: 'more' } }),
    `${web}: envFrom of container web names Secret more, which nothing makes (declare a Credential in mlops-web)`,
  ],
  [
    'a file that a ConfigMap does not have',
    (draft) => (draft.pod.volumes[0].configMap.items[0].key = 'URI'),
    `${web}: volume files asks ConfigMap settings for key URI (it has URL)`,
  ],
  [
    'a projected Secret without the key',
    (draft) =>
      (draft.pod.volumes[0] = {
        name: 'files',
        projected: { sources: [{ secret: { name: 'login', items: [{ key: 'user', path: 'user' }] } }] },
      }),
    `${web}: volume files asks Secret login for key user (it has password)`,
  ],
  [
    'a ConfigMap, a service account, a claim, a class and a priority that nothing makes',
    (draft) => {
      draft.container.envFrom[0].configMapRef.name = 'gone';
      draft.pod.serviceAccountName = 'gone';
      draft.pod.priorityClassName = 'gone';
      draft.pod.volumes.push({ name: 'disk', persistentVolumeClaim: { claimName: 'gone' } });
      draft.find('StatefulSet', 'db').spec.volumeClaimTemplates[0].spec.storageClassName = 'gone';
    },
    `${web}: serviceAccountName names ServiceAccount gone, which nothing makes (correct the name or add the object)`,
    `${web}: priorityClassName names PriorityClass gone, which nothing makes (correct the name or add the object)`,
    `${web}: envFrom of container web names ConfigMap gone, which nothing makes (correct the name or add the object)`,
    `${web}: volume disk names PersistentVolumeClaim gone, which nothing makes (correct the name or add the object)`,
    'StatefulSet/mlops-web/db: volumeClaimTemplate data names StorageClass gone, which nothing makes (correct the name or set cluster.storageClass in the config)',
  ],
  [
    'a pull secret that is in no config',
    (draft) => (draft.pod.imagePullSecrets = [{ name: 'registry' }]),
    `${web}: imagePullSecrets names Secret registry, which nothing makes (declare a Credential in mlops-web)`,
  ],
  [
    'a binding to a role and an account that nothing makes',
    (draft) => binding(draft, 'Role', 'reader', 'wep'),
    'RoleBinding/mlops-web/web: roleRef names Role reader, which nothing makes (correct the name or add the object)',
    'RoleBinding/mlops-web/web: subjects names ServiceAccount wep, which nothing makes (correct the name or add the object)',
  ],
  [
    'an Ingress to a port that the Service does not have, with a certificate that nobody named',
    (draft) =>
      draft.add(40, 'networking.k8s.io/v1 Ingress mlops-web/web', {
        spec: {
          tls: [{ hosts: ['web.example.org'], secretName: 'certificate' }],
          defaultBackend: { service: { name: 'web', port: { number: 8080 } } },
        },
      }),
    'Ingress/mlops-web/web: backend asks Service web for port 8080 (it has 80 (http))',
    'Ingress/mlops-web/web: tls names Secret certificate, which nothing makes (declare a Credential in mlops-web)',
  ],
  [
    'an autoscaler of a workload that is not there',
    (draft) =>
      draft.add(40, 'autoscaling/v2 HorizontalPodAutoscaler mlops-web/web', {
        spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'wep' } },
      }),
    'HorizontalPodAutoscaler/mlops-web/web: scaleTargetRef names Deployment wep, which nothing makes (correct the name or add the object)',
  ],
  [
    'a webhook on a port that its Service does not have',
    (draft) =>
      draft.add(40, 'admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration web', {
        webhooks: [
          {
            name: 'web.example.org',
            admissionReviewVersions: ['v1'],
            sideEffects: 'None',
            clientConfig: { service: { name: 'web', namespace: 'mlops-web' } },
          },
        ],
      }),
    'ValidatingWebhookConfiguration/web: webhook web.example.org asks Service web for port 443 (it has 80 (http))',
  ],
  [
    'a copy of a key that nobody has',
    (draft) =>
      draft.secrets.push({
        namespace: 'mlops-web',
        name: 'copy',
        keys: { a: { copyOf: { namespace: 'mlops-web', name: 'login', key: 'user' } } },
      }),
    'Secret/mlops-web/copy: key a asks Secret mlops-web/login for key user (it has password)',
  ],
  [
    'a template over a Secret that nobody makes',
    (draft) =>
      draft.secrets.push({
        namespace: 'mlops-web',
        name: 'url',
        keys: { a: { template: 'x:{p}', values: { p: { namespace: 'other', name: 'login', key: 'p' } } } },
      }),
    'Secret/mlops-web/url: key a takes its value from Secret other/login, which nothing makes (declare it, or name it in the config)',
  ],
  [
    'the Secret of a model that nothing makes',
    (draft) => {
      crd(draft, 'machinelearning.seldon.io', 'SeldonDeployment');
      draft.add(60, 'machinelearning.seldon.io/v1 SeldonDeployment mlops-web/model', {
        spec: { predictors: [{ name: 'default', graph: { name: 'model', envSecretRefName: 'store' } }] },
      });
    },
    'SeldonDeployment/mlops-web/model: envSecretRefName of model names Secret store, which nothing makes (declare a Credential in mlops-web)',
  ],
  [
    'the password of a monitor that nothing makes',
    (draft) => {
      crd(draft, 'monitoring.coreos.com', 'ServiceMonitor');
      draft.find('Service', 'web').metadata.labels.app = 'web';
      draft.add(60, 'monitoring.coreos.com/v1 ServiceMonitor mlops-web/web', {
        spec: {
          selector: { matchLabels: { app: 'web' } },
          endpoints: [{ port: 'http', basicAuth: { password: { name: 'metrics', key: 'password' } } }],
        },
      });
    },
    'ServiceMonitor/mlops-web/web: password names Secret metrics, which nothing makes (declare a Credential in mlops-web)',
  ],
  [
    'an operator that is told of an object that is not there',
    (draft) => draft.container.env.push({ name: 'GATEWAY', value: 'mlops-web/gateway' }),
    `${web}: spec.template.spec.containers.0.env.2.value names mlops-web/gateway, which nothing makes (correct the name or add the object)`,
  ],
]);
accepts('references', [
  ['what is optional', (draft) => draft.container.envFrom.push({ secretRef: { name: 'more', optional: true } })],
  [
    'what controllers make in each namespace',
    (draft) => draft.pod.volumes.push({ name: 'ca', configMap: { name: 'kube-root-ca.crt' } }),
  ],
  [
    'pull secrets, certificates, Secrets and classes that the config names',
    (draft) => {
      draft.pullSecrets = ['registry'];
      draft.pod.imagePullSecrets = [{ name: 'registry' }];
      draft.foreign.tlsSecrets.add('certificate');
      draft.add(40, 'networking.k8s.io/v1 Ingress mlops-web/web', {
        spec: {
          tls: [{ secretName: 'certificate' }],
          defaultBackend: { service: { name: 'web', port: { name: 'http' } } },
        },
      });
      draft.foreign.storageClasses.add('fast');
      draft.find('StatefulSet', 'db').spec.volumeClaimTemplates[0].spec.storageClassName = 'fast';
      draft.foreign.secrets.push({ namespace: 'vault', name: 'db', keys: ['password'] });
      draft.secrets.push({
        namespace: 'mlops-web',
        name: 'copy',
        keys: { a: { copyOf: { namespace: 'vault', name: 'db', key: 'password' } } },
      });
    },
  ],
  ['a binding to a role that every cluster has', (draft) => binding(draft, 'ClusterRole', 'view')],
]);

const address = (draft: Draft, value: string): Loose => draft.container.env.push({ name: 'ADDRESS', value });
const at = `${web}: spec.template.spec.containers.0.env.2.value has the address`;

finds('addresses', [
  [
    'a Service that is not there',
    (draft) => address(draft, 'http://wep.mlops-web.svc.cluster.local/'),
    `${at} wep.mlops-web.svc.cluster.local, which leads to no Service (add Service wep to mlops-web or correct the address)`,
  ],
  [
    'a port that the Service does not have',
    (draft) => address(draft, 'http://web.mlops-web.svc:8080'),
    `${at} web.mlops-web.svc, which asks Service web for port 8080 (it has 80 (http))`,
  ],
  [
    'the port that a scheme stands for',
    (draft) => address(draft, 'https://web.mlops-web.svc/'),
    `${at} web.mlops-web.svc, which asks Service web for port 443 (it has 80 (http))`,
  ],
  [
    'a namespace that nobody makes',
    (draft) => address(draft, 'web.mlops-wep.svc.cluster.local:80'),
    `${at} web.mlops-wep.svc.cluster.local, which is in a namespace that is not made (correct it, or name it in the config)`,
  ],
  [
    'another domain',
    (draft) => address(draft, 'web.mlops-web.svc.corp.local:80'),
    `${at} web.mlops-web.svc.corp.local, which is not in the cluster's domain (write cluster.local, or set cluster.domain)`,
  ],
  [
    'the short form with the namespace',
    (draft) => address(draft, 'wep.mlops-web:80'),
    `${at} wep.mlops-web, which leads to no Service (add Service wep to mlops-web or correct the address)`,
  ],
  [
    'the shortest form, in a URL',
    (draft) => address(draft, 'http://wep:80/path'),
    `${at} wep, which leads to no Service (add Service wep to mlops-web or correct the address)`,
  ],
  [
    'each wrong address of a list',
    (draft) => address(draft, 'db-0.db.mlops-web.svc:5432,db-1.db.mlops-web.svc:5432,db.mlops-web.svc:5433'),
    `${at} db-1.db.mlops-web.svc, which asks for pod db-1, which does not run (check the replicas)`,
    `${at} db.mlops-web.svc, which asks for port 5433 (the pods listen on 5432)`,
  ],
  [
    'a pod behind a Service that is not headless',
    (draft) => address(draft, 'web-0.web.mlops-web.svc:80'),
    `${at} web-0.web.mlops-web.svc, which asks for a pod of Service web, which is not headless (leave "web-0." out)`,
  ],
  [
    'an address in a file of a ConfigMap',
    (draft) => (draft.find('ConfigMap', 'settings').data['a.conf'] = 'x = 1\nhost = db.mlops-web.svc:1\n'),
    'ConfigMap/mlops-web/settings: data.a.conf has the address db.mlops-web.svc, which asks for port 1 (the pods listen on 5432)',
  ],
  [
    'an address in the template of a credential, behind a user and a password',
    (draft) =>
      draft.secrets.push({
        namespace: 'mlops-web',
        name: 'url',
        keys: {
          a: {
            template: 'postgresql+asyncpg://user:{p}@db2.mlops-web.svc.cluster.local:5432/rows',
            values: { p: { namespace: 'mlops-web', name: 'login', key: 'password' } },
          },
        },
      }),
    'Secret/mlops-web/url: keys.a.template has the address db2.mlops-web.svc.cluster.local, which leads to no Service (add Service db2 to mlops-web or correct the address)',
  ],
  [
    'a connection to a Service that is not there, from a workload that is not',
    (draft) =>
      draft.connections.push({
        namespace: 'mlops-web',
        props: {
          workload: 'wep',
          endpoint: new Endpoint('cache.mlops-web.svc.cluster.local', 6379, 'redis'),
          purpose: 'pages',
        },
      }),
    'Connection/mlops-web/wep: no workload has this name (correct the first argument of uses())',
    'Connection/mlops-web/wep: uses cache.mlops-web.svc.cluster.local:6379 (pages), which leads to no Service (add Service cache to mlops-web or correct the address)',
  ],
]);
accepts('addresses', [
  ['hosts outside the cluster', (draft) => address(draft, 'https://example.org:8443/a,kafka.example.org:9092')],
  ['the API server', (draft) => address(draft, 'https://kubernetes.default.svc')],
  ['placeholders', (draft) => address(draft, 'http://$(NAME).mlops-web.svc:1,http://{{ .host }}.mlops-web.svc:1')],
  [
    'Services in namespaces that the config names',
    (draft) => {
      draft.foreign.namespaces.add('data');
      address(draft, 'kafka.data.svc.cluster.local:9092');
    },
  ],
  [
    'connections that leave the cluster, and those of a Job whose name ends in a digest',
    (draft) => {
      const template = goodPod('job');
      template.spec.restartPolicy = 'Never';
      draft.add(40, 'batch/v1 Job mlops-web/job-0123abcd', { spec: { template } });
      const endpoint = new Endpoint('s3.example.org', 443, 'https');
      draft.connections.push({ namespace: 'mlops-web', props: { workload: 'job', endpoint, purpose: 'files' } });
    },
  ],
]);

const monitor = (draft: Draft, kind: 'ServiceMonitor' | 'PodMonitor', spec: Loose): Loose => {
  crd(draft, 'monitoring.coreos.com', kind);
  return draft.add(60, `monitoring.coreos.com/v1 ${kind} mlops-web/web`, { spec });
};

finds('selectors', [
  [
    'a Service that matches no pod',
    (draft) => (draft.find('Service', 'web').spec.selector.app = 'wep'),
    'Service/mlops-web/web: its selector app=wep matches no pod (compare it with the labels of the pod template)',
  ],
  [
    'a Service that leads to a port which the pods do not have',
    (draft) => (draft.find('Service', 'web').spec.ports[0].targetPort = 'https'),
    `Service/mlops-web/web: port http leads to port https, which ${web} does not have (name one of its ports)`,
  ],
  [
    'a workload that does not match its own pods',
    (draft) => {
      draft.find('Deployment', 'web').spec.selector.matchLabels.tier = 'front';
    },
    `${web}: its selector app=web,tier=front does not match its own pods (repeat it in the template's labels)`,
  ],
  [
    'a workload that matches the pods of another one',
    (draft) => (draft.find('Deployment', 'web').spec.selector.matchLabels = { 'app.kubernetes.io/part-of': 'mlops' }),
    `${web}: its selector app.kubernetes.io/part-of=mlops also matches the pods of StatefulSet/mlops-web/db (add a label that tells them apart)`,
  ],
  [
    'a disruption budget and a network policy for no pod',
    (draft) => {
      const selector = { matchExpressions: [{ key: 'app', operator: 'In', values: ['wep'] }] };
      draft.add(40, 'policy/v1 PodDisruptionBudget mlops-web/web', { spec: { maxUnavailable: 1, selector } });
      draft.add(40, 'networking.k8s.io/v1 NetworkPolicy mlops-web/web', { spec: { podSelector: selector } });
    },
    'PodDisruptionBudget/mlops-web/web: its selector app In wep matches no pod (compare it with the labels of the pod template)',
    'NetworkPolicy/mlops-web/web: its selector app In wep matches no pod (compare it with the labels of the pod template)',
  ],
  [
    'an Istio Gateway without pods',
    (draft) => {
      crd(draft, 'networking.istio.io', 'Gateway', 'v1beta1');
      draft.add(60, 'networking.istio.io/v1beta1 Gateway mlops-web/gateway', {
        spec: { selector: { istio: 'ingress' } },
      });
    },
    'Gateway/mlops-web/gateway: its selector istio=ingress matches no pod (compare it with the labels of the pod template)',
  ],
  [
    'a monitor of no Service',
    (draft) =>
      monitor(draft, 'ServiceMonitor', { selector: { matchLabels: { app: 'web' } }, endpoints: [{ port: 'http' }] }),
    'ServiceMonitor/mlops-web/web: its selector app=web matches no Service (compare it with the labels there)',
  ],
  [
    'a monitor of a port that its Services do not have',
    (draft) => {
      draft.find('Service', 'web').metadata.labels.app = 'web';
      monitor(draft, 'ServiceMonitor', { selector: { matchLabels: { app: 'web' } }, endpoints: [{ port: 'metrics' }] });
    },
    'ServiceMonitor/mlops-web/web: port metrics is none of its Services (they have http)',
  ],
  [
    'a monitor that looks into another namespace',
    (draft) =>
      monitor(draft, 'PodMonitor', {
        selector: { matchLabels: { app: 'web' } },
        namespaceSelector: { matchNames: ['default'] },
        podMetricsEndpoints: [{ port: 'http' }],
      }),
    'PodMonitor/mlops-web/web: its selector app=web matches no pod (compare it with the labels there)',
  ],
]);
accepts('selectors', [
  [
    'a Service in front of the pods of a Prometheus, and a monitor of models yet to come',
    (draft) => {
      crd(draft, 'monitoring.coreos.com', 'Prometheus');
      draft.add(40, 'monitoring.coreos.com/v1 Prometheus mlops-web/main', {
        spec: {
          image: 'registry.example.org/prometheus:v2.41.0',
          resources: goodPod('x').spec.containers[0].resources,
        },
      });
      draft.add(40, 'v1 Service mlops-web/prometheus', {
        spec: { selector: { prometheus: 'main' }, ports: [{ port: 9090, targetPort: 'web' }] },
      });
      monitor(draft, 'PodMonitor', {
        selector: { matchLabels: { 'app.kubernetes.io/managed-by': 'seldon-core' } },
        namespaceSelector: { any: true },
        podMetricsEndpoints: [{ port: 'metrics' }],
      });
    },
  ],
  [
    'the Service of one pod of a StatefulSet',
    (draft) =>
      draft.add(40, 'v1 Service mlops-web/db-0', {
        spec: { selector: { 'statefulset.kubernetes.io/pod-name': 'db-0' }, ports: [{ port: 1 }] },
      }),
  ],
]);

finds('waves', [
  [
    'an object before its namespace',
    (draft) => {
      draft.add(50, 'v1 Namespace late');
      draft.add(40, 'v1 ConfigMap late/other');
    },
    'ConfigMap/late/other: is in wave 40, but needs Namespace/late (its namespace) of wave 50 (give its file a later wave)',
  ],
  [
    'a custom resource beside its definition',
    (draft) => {
      crd(draft, 'example.org', 'Thing');
      draft.add(5, 'example.org/v1 Thing mlops-web/one');
    },
    'Thing/mlops-web/one: is in wave 5, but needs CustomResourceDefinition/things.example.org (its definition) of wave 10 (give its file a later wave)',
  ],
  [
    'a pod before its settings',
    (draft) => {
      draft.remove('ConfigMap', 'settings');
      draft.add(50, 'v1 ConfigMap mlops-web/settings', { data: { URL: '' } });
    },
    `${web}: is in wave 40, but needs ConfigMap/mlops-web/settings (envFrom of container web) of wave 50 (give its file a later wave)`,
    `${web}: is in wave 40, but needs ConfigMap/mlops-web/settings (volume files) of wave 50 (give its file a later wave)`,
    'StatefulSet/mlops-web/db: is in wave 40, but needs ConfigMap/mlops-web/settings (envFrom of container db) of wave 50 (give its file a later wave)',
    'StatefulSet/mlops-web/db: is in wave 40, but needs ConfigMap/mlops-web/settings (volume files) of wave 50 (give its file a later wave)',
  ],
  [
    'a client before what it connects to',
    (draft) => {
      draft.add(50, 'v1 Service mlops-web/cache', { spec: { selector: { app: 'db' }, ports: [{ port: 6379 }] } });
      const endpoint = new Endpoint('cache.mlops-web.svc.cluster.local', 6379, 'redis');
      draft.connections.push({ namespace: 'mlops-web', props: { workload: 'web', endpoint, purpose: 'pages' } });
    },
    `${web}: is in wave 40, but needs Service/mlops-web/cache (pages) of wave 50 (give its file a later wave)`,
  ],
]);

const nodePort = (draft: Draft, name: string, ports: Loose[]): Loose =>
  draft.add(40, `v1 Service mlops-web/${name}`, { spec: { type: 'NodePort', selector: { app: 'web' }, ports } });

finds('node ports', [
  [
    'one that is given twice',
    (draft) => {
      nodePort(draft, 'one', [{ port: 80, nodePort: 30080 }]);
      nodePort(draft, 'two', [{ port: 80, nodePort: 30080 }]);
    },
    'Service/mlops-web/two: node port 30080 is that of Service/mlops-web/one (choose another one)',
  ],
  [
    'one below the range',
    (draft) => nodePort(draft, 'one', [{ port: 80, nodePort: 8080 }]),
    'Service/mlops-web/one: node port 8080 is out of range (choose one from 30000 to 32767)',
  ],
]);
accepts('node ports', [
  [
    'the same one for TCP and UDP',
    (draft) =>
      nodePort(draft, 'one', [
        { name: 'tcp', port: 53, nodePort: 30053 },
        { name: 'udp', port: 53, nodePort: 30053, protocol: 'UDP' },
      ]),
  ],
]);

const image = `${web}: spec.template.spec.containers.0`;
const settings = 'ConfigMap/mlops-web/settings';

finds('images', [
  [
    'one without a tag',
    (draft) => (draft.container.image = 'registry.example.org/team/web'),
    `${image}.image is the image registry.example.org/team/web, which has no tag (pin one)`,
  ],
  [
    'one that changes under its tag',
    (draft) => (draft.container.image = 'web:latest'),
    `${image}.image is the image web:latest, which changes under its tag (pin another one)`,
  ],
  [
    'one in a flag',
    (draft) => (draft.container.args = ['--reloader=quay.io/team/reloader:latest']),
    `${image}.args.0 is the image quay.io/team/reloader:latest, which changes under its tag (pin another one)`,
  ],
  [
    'one in a variable',
    (draft) => draft.container.env.push({ name: 'EXECUTOR_IMAGE', value: 'docker.io/team/executor:latest' }),
    `${image}.env.2.value is the image docker.io/team/executor:latest, which changes under its tag (pin another one)`,
  ],
  [
    'those in the JSON and YAML of a ConfigMap',
    (draft) =>
      Object.assign(draft.find('ConfigMap', 'settings').data, {
        servers: '{"A":{"v2":{"image":"docker.io/team/a","defaultImageVersion":"latest"}}}',
        injector: '{"global":{"hub":"docker.io/istio","tag":"latest"}}',
        template: 'spec:\n  containers:\n    - image: "docker.io/team/b"\n',
      }),
    `${settings}: data.servers is the image docker.io/team/a:latest, which changes under its tag (pin another one)`,
    `${settings}: data.injector is the image docker.io/istio/proxyv2:latest, which changes under its tag (pin another one)`,
    `${settings}: data.template is the image docker.io/team/b, which has no tag (pin one)`,
  ],
  [
    'one that is not in the mirror',
    (draft) => (draft.images = { registry: 'mirror.example.org/all', overrides: [] }),
    `${image}.image is the image registry.example.org/team/web:1.2.3, which is not in the mirror mirror.example.org/all (take it from the pins)`,
    'StatefulSet/mlops-web/db: spec.template.spec.containers.0.image is the image registry.example.org/team/web:1.2.3, which is not in the mirror mirror.example.org/all (take it from the pins)',
  ],
  [
    'a server whose image its operator would choose',
    (draft) => {
      crd(draft, 'monitoring.coreos.com', 'Alertmanager');
      draft.add(40, 'monitoring.coreos.com/v1 Alertmanager mlops-web/main', {
        spec: { resources: goodPod('x').spec.containers[0].resources },
      });
    },
    'Alertmanager/mlops-web/main: names no image, so the operator would choose one (set spec.image)',
  ],
]);
accepts('images', [
  [
    'a digest in place of a tag',
    (draft) => (draft.container.image = `registry.example.org/team/web@sha256:${'0'.repeat(64)}`),
  ],
  [
    'the ones that the user has chosen in place of those of the mirror',
    (draft) => (draft.images = { registry: 'mirror.example.org', overrides: ['registry.example.org/team/web:1.2.3'] }),
  ],
  [
    'flags and variables that only look a little like images',
    (draft) => {
      draft.container.args = ['--kubeconfig=/etc/kube.conf', '--listen=0.0.0.0:8080', '--origin=a.b/c'];
      draft.container.env.push({ name: 'PATHS', value: 'a/b/c' });
    },
  ],
]);

// Put together here, so that no scanner takes the test for a leak.
const key = ['-----BEGIN', 'PRIVATE KEY-----'].join(' ');

finds('secret values', [
  [
    'a Secret with a value',
    (draft) => draft.add(40, 'v1 Secret mlops-web/more', { data: { password: 'aHVudGVyMg==' } }),
    'Secret/mlops-web/more: holds a value for password (declare a Credential instead)',
  ],
  [
    "a password in Alertmanager's configuration, encoded or not",
    (draft) => {
      const text = 'receivers:\n- name: mail\n  email_configs:\n  - auth_password: hunter2\n';
      draft.add(40, 'v1 Secret mlops-web/plain', { stringData: { 'alertmanager.yaml': text } });
      draft.add(40, 'v1 Secret mlops-web/encoded', {
        data: { 'alertmanager.yaml': Buffer.from(text).toString('base64') },
      });
    },
    'Secret/mlops-web/plain: alertmanager.yaml holds the field auth_password (read it from a file instead)',
    'Secret/mlops-web/encoded: alertmanager.yaml holds the field auth_password (read it from a file instead)',
  ],
  [
    'a password as a variable',
    (draft) => draft.container.env.push({ name: 'DB_PASSWORD', value: 'hunter2' }),
    `${web}: env DB_PASSWORD of container web has a literal value (declare a Credential instead)`,
  ],
  [
    'a key as a variable of another name',
    (draft) => draft.container.env.push({ name: 'LICENCE', value: 'q7Rk2ZpX9vTn4WcL8sYb' }),
    `${web}: env LICENCE of container web looks like a key or token (declare a Credential instead)`,
  ],
  [
    'a password as a flag, in one word or in two',
    (draft) => (draft.container.args = ['--admin-password=hunter2', '--token', 'abc']),
    `${web}: flag --admin-password of container web has a literal value (declare a Credential instead)`,
    `${web}: flag --token of container web has a literal value (declare a Credential instead)`,
  ],
  [
    'a password in a ConfigMap',
    (draft) => (draft.find('ConfigMap', 'settings').data.DB_PASSWORD = 'hunter2'),
    `${settings}: key DB_PASSWORD has a literal value (declare a Credential instead)`,
  ],
  [
    'a password that a credential would publish',
    (draft) => draft.secrets.push({ namespace: 'mlops-web', name: 'more', keys: { password: { value: 'hunter2' } } }),
    'Secret/mlops-web/more: key password has a literal value (let it be random or a copy)',
  ],
  [
    'a URL with a password',
    (draft) => draft.container.env.push({ name: 'URL', value: 'postgresql://user:hunter2@db.example.org/rows' }),
    `${web}: spec.template.spec.containers.0.env.2.value holds a URL with a password (declare a Credential instead)`,
  ],
  [
    'a private key, encoded or not',
    (draft) =>
      Object.assign(draft.find('ConfigMap', 'settings').data, {
        'a.pem': `${key}\n${'x'.repeat(100)}`,
        'b.pem': Buffer.from(`${key}\n${'x'.repeat(100)}`).toString('base64'),
      }),
    `${settings}: data.a.pem holds a private key (declare a Credential instead)`,
    `${settings}: data.b.pem holds a private key (declare a Credential instead)`,
  ],
]);
accepts('secret values', [
  [
    'what only points at a secret',
    (draft) => {
      draft.container.env.push(
        { name: 'DB_PASSWORD_FILE', value: '/secrets/password' },
        { name: 'SECRET_REF_NAME', value: 'login' },
        { name: 'TOKEN', value: '$(PASSWORD)' },
        { name: 'API_KEY', value: '' },
        { name: 'URL', value: 'http://user:$(PASSWORD)@example.org/' },
      );
      draft.container.args = ['--password=$(PASSWORD)', '--password-file=/secrets/password', '--token', '--verbose'];
    },
  ],
  [
    'routes of alerts whose passwords come from files',
    (draft) =>
      draft.add(40, 'v1 Secret mlops-web/alerts', {
        stringData: { 'alertmanager.yaml': 'global:\n  smtp_auth_password_file: /x\nroute:\n  receiver: none\n' },
      }),
  ],
  [
    'a certificate',
    (draft) => (draft.find('ConfigMap', 'settings').data['ca.pem'] = '-----BEGIN CERTIFICATE-----\nMA=='),
  ],
]);

const restricted = 'of the restricted level: namespace mlops-web enforces restricted';
const baseline = 'of the baseline level: namespace mlops-web enforces restricted';

finds('pod security', [
  [
    'a container that may run as root, gain rights and keep capabilities',
    (draft) => {
      delete draft.pod.securityContext.runAsNonRoot;
      draft.container.securityContext = {};
    },
    `${web}: container web does not set allowPrivilegeEscalation: false (allowPrivilegeEscalation ${restricted})`,
    `${web}: container web does not set runAsNonRoot: true (runAsNonRoot ${restricted})`,
    `${web}: container web does not drop ALL capabilities (capabilitiesDropped ${restricted})`,
  ],
  [
    'a user 0 and no seccomp profile',
    (draft) => {
      draft.pod.securityContext.runAsUser = 0;
      delete draft.pod.securityContext.seccompProfile;
    },
    `${web}: the pod runs as user 0 (runAsUser ${restricted})`,
    `${web}: container web has no seccomp profile (seccompProfileSet ${restricted})`,
  ],
  [
    'everything that only the privileged level allows',
    (draft) => {
      Object.assign(draft.pod, { hostNetwork: true, hostPID: true, hostIPC: true });
      draft.pod.volumes.push({ name: 'root', hostPath: { path: '/' } });
      draft.container.ports[0].hostPort = 80;
      Object.assign(draft.pod.securityContext, {
        appArmorProfile: { type: 'Unconfined' },
        seLinuxOptions: { type: 'spc_t' },
        sysctls: [{ name: 'kernel.msgmax', value: '1' }],
        windowsOptions: { hostProcess: true },
      });
      Object.assign(draft.container.securityContext, {
        privileged: true,
        procMount: 'Unmasked',
        seccompProfile: { type: 'Unconfined' },
        capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] },
      });
      draft.container.readinessProbe.httpGet.host = '127.0.0.1';
    },
    ...['hostNetwork', 'hostPID', 'hostIPC'].map(
      (field) => `${web}: the pod sets ${field} (hostNamespaces ${baseline})`,
    ),
    `${web}: container web is privileged (privileged ${baseline})`,
    `${web}: container web adds the capability SYS_ADMIN (capabilities ${baseline})`,
    `${web}: volume root is a hostPath (hostPathVolumes ${baseline})`,
    `${web}: container web takes port 80 of its host (hostPorts ${baseline})`,
    `${web}: container web has a probe or hook with host 127.0.0.1 (hostProbesAndHostLifecycle ${baseline})`,
    `${web}: the pod has no AppArmor profile (appArmorProfile ${baseline})`,
    `${web}: the pod sets SELinux options (seLinuxOptions ${baseline})`,
    `${web}: container web sets procMount Unmasked (procMount ${baseline})`,
    `${web}: container web has the seccomp profile Unconfined (seccompProfile ${baseline})`,
    `${web}: the pod sets kernel.msgmax (sysctls ${baseline})`,
    `${web}: the pod is a process of its host (windowsHostProcess ${baseline})`,
  ],
  [
    "a kind of volume that the restricted level does not know, in an init container's pod too",
    (draft) => {
      draft.pod.volumes.push({ name: 'share', nfs: { server: 'nfs.example.org', path: '/' } });
      const { resources } = draft.container;
      draft.pod.initContainers = [
        {
          name: 'init',
          image: 'a/b:1',
          resources,
          securityContext: { capabilities: { drop: ['ALL'], add: ['CHOWN'] } },
        },
      ];
    },
    `${web}: volume share is a nfs (restrictedVolumes ${restricted})`,
    `${web}: container init does not set allowPrivilegeEscalation: false (allowPrivilegeEscalation ${restricted})`,
    `${web}: container init adds the capability CHOWN (capabilitiesDropped ${restricted})`,
  ],
  [
    'a pod that could be more restricted than its namespace asks for',
    (draft) => {
      draft.find('Namespace', 'mlops-web').metadata.labels['pod-security.kubernetes.io/enforce'] = 'privileged';
      draft.container.securityContext.allowPrivilegeEscalation = true;
    },
    `${web}: container web does not set allowPrivilegeEscalation: false (allowPrivilegeEscalation of the restricted level: restrict it, or except it with a reason)`,
  ],
  [
    'an exception in a namespace that does not admit it',
    (draft) => {
      const template = goodPod('exporter');
      template.spec.hostNetwork = true;
      draft.add(40, 'apps/v1 DaemonSet mlops-web/prometheus-node-exporter', {
        spec: { selector: { matchLabels: { app: 'exporter' } }, template },
      });
    },
    `DaemonSet/mlops-web/prometheus-node-exporter: the pod sets hostNetwork (hostNamespaces ${baseline})`,
  ],
]);

finds('pods', [
  [
    'a container without requests or limits',
    (draft) => {
      delete draft.container.resources.requests.cpu;
      delete draft.container.resources.limits.memory;
    },
    `${web}: container web requests no cpu (say how much it needs)`,
    `${web}: container web has no limit of memory (say how much it may take)`,
  ],
  [
    'a request above its limit',
    (draft) => (draft.container.resources.requests.memory = '1Gi'),
    `${web}: container web requests 1Gi of memory, above its limit of 128Mi (raise the limit)`,
  ],
  [
    'a model server and a Prometheus without limits',
    (draft) => {
      crd(draft, 'machinelearning.seldon.io', 'SeldonDeployment');
      crd(draft, 'monitoring.coreos.com', 'Prometheus');
      const requests = { cpu: '1', memory: '1Gi' };
      draft.add(60, 'machinelearning.seldon.io/v1 SeldonDeployment mlops-web/model', {
        spec: {
          predictors: [
            {
              name: 'default',
              graph: { name: 'model' },
              componentSpecs: [
                { spec: { containers: [{ name: 'model', resources: { requests, limits: { cpu: '1' } } }] } },
              ],
            },
          ],
        },
      });
      draft.add(60, 'monitoring.coreos.com/v1 Prometheus mlops-web/main', {
        spec: { image: 'a/b:1', resources: { requests, limits: { memory: '1Gi' } } },
      });
    },
    'SeldonDeployment/mlops-web/model: container model has no limit of memory (say how much it may take)',
    'Prometheus/mlops-web/main: container prometheus has no limit of cpu (say how much it may take)',
  ],
  [
    'a server without a probe',
    (draft) => delete draft.container.readinessProbe,
    `${web}: container web has neither a readiness nor a liveness probe (add one)`,
  ],
  [
    'a probe of a port that is not there',
    (draft) => (draft.container.readinessProbe.httpGet.port = 'web'),
    `${web}: container web is probed at port web, which it does not have (name one of its ports)`,
  ],
  [
    'a mount of a volume that is not there',
    (draft) => draft.container.volumeMounts.push({ name: 'cache', mountPath: '/cache' }),
    `${web}: container web mounts the volume cache, which its pod does not have (add it)`,
  ],
  [
    'a token that is good for nothing',
    (draft) => (draft.pod.automountServiceAccountToken = true),
    `${web}: its pods get the token of web, which is granted nothing (set automountServiceAccountToken: false)`,
  ],
  [
    'the token of the default account',
    (draft) => {
      delete draft.pod.automountServiceAccountToken;
      delete draft.pod.serviceAccountName;
    },
    `${web}: its pods get the token of default, which is granted nothing (set automountServiceAccountToken: false)`,
  ],
  [
    'variables for every Service around',
    (draft) => delete draft.pod.enableServiceLinks,
    `${web}: its pods get a variable for each Service around them (set enableServiceLinks: false)`,
  ],
]);
accepts('pods', [
  [
    'a token whose account is granted something',
    (draft) => {
      draft.pod.automountServiceAccountToken = true;
      role(draft, 'reader');
      binding(draft, 'Role', 'reader');
    },
  ],
  ['what the account says where the pod says nothing', (draft) => delete draft.pod.automountServiceAccountToken],
  [
    'a Job without probes',
    (draft) => {
      const template = goodPod('job');
      template.spec.restartPolicy = 'Never';
      delete template.spec.containers[0].readinessProbe;
      draft.add(40, 'batch/v1 Job mlops-web/job', { spec: { template } });
    },
  ],
]);

finds('labels', [
  [
    'an object that does not say whose it is',
    (draft) => {
      delete draft.find('ConfigMap', 'settings').metadata.labels['mlops-infra/platform'];
      delete draft.find('ConfigMap', 'settings').metadata.labels['app.kubernetes.io/part-of'];
    },
    `${settings}: has no label app.kubernetes.io/part-of (leave labels to the output, which adds them)`,
    `${settings}: has no label mlops-infra/platform (leave labels to the output, which adds them)`,
  ],
  [
    'pods that do not say what they are',
    (draft) => delete draft.find('Deployment', 'web').spec.template.metadata.labels['app.kubernetes.io/name'],
    `${web}: its pods have no label app.kubernetes.io/name (add it to the template)`,
  ],
]);

finds('sizes', [
  [
    'an object that kubectl apply cannot keep a copy of, counting each <',
    (draft) => (draft.find('ConfigMap', 'settings').data.page = '<'.repeat(50_000)),
    `${settings}: takes 300403 bytes, above the 262144 that kubectl apply can keep (split it or make it smaller)`,
  ],
  [
    'a ConfigMap that the API server would refuse',
    (draft) => (draft.find('ConfigMap', 'settings').data.page = 'x'.repeat(1024 * 1024)),
    `${settings}: takes 1048979 bytes, above the 262144 that kubectl apply can keep (split it or make it smaller)`,
    `${settings}: holds 1048618 bytes, above the limit of 1048576 (split it)`,
  ],
  [
    'a definition with descriptions',
    (draft) => {
      const { schema } = crd(draft, 'example.org', 'Thing').spec.versions[0];
      schema.openAPIV3Schema.properties = { spec: { type: 'string', description: 'What it is.' } };
    },
    'CustomResourceDefinition/things.example.org: has descriptions (drop them: they are most of it)',
  ],
]);
accepts('sizes', [
  [
    'a property whose name is description',
    (draft) => {
      const { schema } = crd(draft, 'example.org', 'Thing').spec.versions[0];
      schema.openAPIV3Schema.properties = { description: { type: 'string' } };
    },
  ],
  ['200,000 bytes of text', (draft) => (draft.find('ConfigMap', 'settings').data.page = 'x'.repeat(200_000))],
]);

test('a wrong shape is reported alone, because the other rules rely on it', () => {
  const draft = smallOutput();
  draft.find('Service', 'web').spec = 'none';
  draft.find('ConfigMap', 'settings').data.DB_PASSWORD = 'hunter2';
  expect(check(draft.output)).toEqual(['Service/mlops-web/web: spec: "none" is a string, must be an object']);
});
