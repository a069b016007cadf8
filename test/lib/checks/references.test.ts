import { Endpoint } from '../../../lib/graph/endpoint';
import { accepts, finds } from './faults';
import { goodPod, type Draft, type Loose } from './small-output';

const web = 'Deployment/mlops-web/web';

const binding = (draft: Draft, kind: string, name: string, account = 'web'): Loose =>
  draft.add(40, 'rbac.authorization.k8s.io/v1 RoleBinding mlops-web/web', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace: 'mlops-web' }],
  });

const address = (draft: Draft, value: string): Loose => draft.container.env.push({ name: 'ADDRESS', value });

const at = `${web}: spec.template.spec.containers.0.env.2.value has the address`;

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
    'an Ingress to a port that the Service does not have, with a certificate that the config does not name',
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
    'a copy of a key that no Secret has',
    (draft) =>
      draft.secrets.push({
        namespace: 'mlops-web',
        name: 'copy',
        keys: { a: { copyOf: { namespace: 'mlops-web', name: 'login', key: 'user' } } },
      }),
    'Secret/mlops-web/copy: key a asks Secret mlops-web/login for key user (it has password)',
  ],
  [
    'a template over a Secret that nothing makes',
    (draft) =>
      draft.secrets.push({
        namespace: 'mlops-web',
        name: 'url',
        keys: { a: { template: 'x:{p}', values: { p: { namespace: 'other', name: 'login', key: 'p' } } } },
      }),
    'Secret/mlops-web/url: key a takes its value from Secret other/login, which nothing makes (declare it, or name it in the config)',
  ],
  [
    'an operator whose variable names an object that does not exist',
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
      draft.external.tlsSecrets.add('certificate');
      draft.add(40, 'networking.k8s.io/v1 Ingress mlops-web/web', {
        spec: {
          tls: [{ secretName: 'certificate' }],
          defaultBackend: { service: { name: 'web', port: { name: 'http' } } },
        },
      });
      draft.external.storageClasses.add('fast');
      draft.find('StatefulSet', 'db').spec.volumeClaimTemplates[0].spec.storageClassName = 'fast';
      draft.external.secrets.push({ namespace: 'vault', name: 'db', keys: ['password'] });
      draft.secrets.push({
        namespace: 'mlops-web',
        name: 'copy',
        keys: { a: { copyOf: { namespace: 'vault', name: 'db', key: 'password' } } },
      });
    },
  ],
]);

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
    'a namespace that nothing makes',
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
        from: { kind: 'Deployment', namespace: 'mlops-web', name: 'wep' },
        to: new Endpoint('cache.mlops-web.svc.cluster.local', 6379, 'redis'),
        purpose: 'pages',
      }),
    'Connection/Deployment/mlops-web/wep: no workload has this name (correct the subject of uses())',
    'Connection/Deployment/mlops-web/wep: uses cache.mlops-web.svc.cluster.local:6379 (pages), which leads to no Service (add Service cache to mlops-web or correct the address)',
  ],
]);

accepts('addresses', [
  ['hosts outside the cluster', (draft) => address(draft, 'https://example.org:8443/a,kafka.example.org:9092')],
  ['the API server', (draft) => address(draft, 'https://kubernetes.default.svc')],
  ['placeholders', (draft) => address(draft, 'http://$(NAME).mlops-web.svc:1,http://{{ .host }}.mlops-web.svc:1')],
  [
    'Services in namespaces that the config names',
    (draft) => {
      draft.external.namespaces.add('data');
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
      draft.connections.push({
        from: { kind: 'Job', namespace: 'mlops-web', name: 'job' },
        to: endpoint,
        purpose: 'files',
      });
    },
  ],
]);
