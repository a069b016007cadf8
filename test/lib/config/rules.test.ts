import { at, creditcard, everythingOff, merge } from '../../support/config';
import { accepts, refuses } from '../../support/rules';

const s3 = { endpoint: 'https://s3.example.org', secret: { namespace: 'store', name: 'login' } };
const database = { host: 'db.example.org', database: 'mlflow', secret: { namespace: 'db', name: 'login' } };
const registeredModel = { name: 'creditcard', version: 3 };
const ingress = { type: 'ingress', host: 'mlops.example.org' };

const open = { withoutLogin: true };
const openIngress = { ...ingress, ...open };
const openKafka = { kafka: { expose: { type: 'nodePort', ...open } } };
const nodePort = (port: number, more = {}): object => ({ expose: { type: 'nodePort', port, ...more } });

refuses([
  // The cluster
  {
    sentence: 'a storage class beside another one of the NFS provisioner',
    config: { cluster: { externalHost: 'a', storageClass: 'standard', nfs: { server: 'nfs', path: '/share' } } },
    problems: [
      'cluster.storageClass: "standard" — differs from cluster.nfs.storageClass, "nfs-client" (remove one of the two)',
    ],
  },
  // Network policies
  {
    sentence: 'a client of a service that is not installed',
    config: {
      services: { kafka: { external: { bootstrapServers: ['kafka.example.org:9092'] } } },
      networkPolicies: { clients: [{ namespace: 'notebooks', to: ['mlflow', 'kafka'] }] },
    },
    problems: [
      'networkPolicies.clients[0].to[1]: "kafka" — is not installed, so no policy of the platform is about it (remove it)',
    ],
  },
  {
    sentence: 'destinations of pods that nothing makes',
    config: {
      services: { prefect: false, seldon: false },
      networkPolicies: {
        clients: [{ namespace: 'notebooks', to: ['models'] }],
        destinations: [
          { from: 'flowRuns', to: '10.20.0.0/16', ports: [5432] },
          { from: 'models', to: '10.20.0.0/16', ports: [5432] },
        ],
      },
    },
    problems: [
      'networkPolicies.clients[0].to[0]: "models" — is not installed, so no policy of the platform is about it (remove it)',
      'networkPolicies.destinations[0].from: "flowRuns" — are made by prefect, which is not installed (remove the destination)',
      'networkPolicies.destinations[1].from: "models" — are made by seldon, which is not installed (remove the destination)',
    ],
  },
  {
    sentence: 'a Prometheus of which nobody knows where its pods are',
    config: { services: { prometheus: { external: { url: 'https://prometheus.example.org' } } } },
    problems: [
      'services.prometheus.external.namespace: missing — is needed where the URL is not of the cluster: the namespace of its pods, which network policies let in to the metrics (write e.g. "monitoring")',
    ],
  },
  // Tokens
  {
    sentence: 'a login without somebody who issues tokens',
    config: { models: [{ ...creditcard, login: {} }] },
    problems: [
      'services.istio.tokens: missing — somebody must issue the tokens that models ask for (write e.g. { issuer: "https://login.example.org" })',
    ],
  },
  {
    sentence: 'tokens for which nobody asks',
    config: { services: { istio: { tokens: { issuer: 'https://login.example.org' } } }, models: [creditcard] },
    problems: [
      'services.istio.tokens: {"issuer":"https://login.example.org"} — close no model, as none has login (write login: {} for those that ask for a token)',
    ],
  },
  {
    sentence: 'keys from two places',
    config: {
      services: {
        istio: {
          tokens: {
            issuer: 'a',
            jwksUri: 'https://login.example.org/keys',
            jwks: '{"keys":[{"kty":"EC","crv":"P-256","x":"a","y":"b"}]}',
          },
        },
      },
      models: [{ ...creditcard, login: {} }],
    },
    problems: [
      'services.istio.tokens.jwksUri: "https://login.example.org/keys" — has no effect beside jwks (remove one of the two)',
    ],
  },
  {
    sentence: 'an issuer that names no keys',
    config: { services: { istio: { tokens: { issuer: 'ourselves' } } }, models: [{ ...creditcard, login: {} }] },
    problems: [
      'services.istio.tokens.issuer: "ourselves" — is no URL that names its keys (write jwksUri or jwks as well)',
    ],
  },
  {
    sentence: 'keys in clear text',
    config: {
      services: { istio: { tokens: { issuer: 'http://login.example.org' } } },
      models: [{ ...creditcard, login: {} }],
    },
    problems: [
      'services.istio.tokens.issuer: "http://login.example.org" — would give the keys in clear text, which anybody on the way could replace (write https://, or jwks)',
    ],
  },
  {
    sentence: 'keys at a name that the policies of Cilium do not know',
    config: {
      networkPolicies: { flavor: 'cilium' },
      services: { istio: { tokens: { issuer: 'https://login.example.org' } } },
      models: [{ ...creditcard, login: {} }],
    },
    problems: [
      'services.istio.tokens.jwksUri: missing — is needed with the policies of Cilium, which let istiod out to a host by its name (write where the keys are)',
    ],
  },
  {
    sentence: 'a certificate at an address without TLS',
    config: {
      services: { istio: { external: { url: 'http://models.example.org', tlsSecret: 'models-tls' } } },
    },
    problems: [
      'services.istio.external.url: "http://models.example.org" — must be https://, as the gateway shows the certificate of tlsSecret (write that, or remove tlsSecret)',
    ],
  },
  {
    sentence: 'certificates of clients at a gateway without one',
    config: {
      services: { istio: { expose: { type: 'nodePort', clientCertificates: true } } },
    },
    problems: [
      'services.istio.expose.clientCertificates: true — needs the Secret with the certificates (write e.g. tlsSecret: "models-tls")',
    ],
  },
  // Services that others need
  {
    sentence: 'MLflow without its database',
    config: { services: { postgresql: false } },
    problems: ['services.postgresql: false — mlflow needs it (leave it on, or leave out what needs it)'],
  },
  {
    sentence: 'Seldon without a mesh',
    config: { services: { istio: false } },
    problems: ['services.istio: false — seldon needs it (leave it on, or leave out what needs it)'],
  },
  {
    sentence: 'models without a store and something that serves them',
    config: { services: { minio: false, mlflow: false, seldon: false }, models: [creditcard] },
    problems: [
      'services.minio: false — models need it (leave it on, or leave out what needs it)',
      'services.seldon: false — models need it (leave it on, or leave out what needs it)',
    ],
  },
  {
    sentence: 'a watched model without what its detector talks to',
    config: {
      services: { kafka: false, drift: false, minio: false },
      models: [
        creditcard,
        { ...creditcard, name: 'b', drift: { registeredModel: { name: 'creditcard', version: 1 } } },
      ],
    },
    problems: [
      'services.minio: false — mlflow, models and models[1].drift need it (leave it on, or leave out what needs it)',
      'services.kafka: false — models[1].drift needs it (leave it on, or leave out what needs it)',
      'services.drift: false — models[1].drift needs it (leave it on, or leave out what needs it)',
    ],
  },
  {
    sentence: 'nothing to install',
    config: { services: everythingOff },
    problems: [
      'services: {"postgresql":false,"minio":false,"mlflow":false,"istio":... — leaves nothing to install (leave at least one service on)',
    ],
  },
  {
    sentence: 'nothing to install beside what is yours',
    config: { services: { ...everythingOff, postgresql: {}, drift: {}, minio: { external: s3 } } },
    problems: [
      'services: {"postgresql":{},"minio":{"external":{"endpoint":"https:/... — leaves nothing to install (leave at least one service on)',
    ],
  },
  // Services of your own
  {
    sentence: 'settings of an installed service beside one of your own',
    config: {
      services: {
        minio: { external: s3, expose: { type: 'cluster' }, console: ingress },
        istio: { external: { url: 'https://istio.example.org' }, egressGateway: true },
        prometheus: {
          external: { url: 'https://prometheus.example.org', namespace: 'monitoring' },
          retention: '3d',
          alertmanager: { type: 'cluster' },
        },
        kafka: { external: { bootstrapServers: ['a.org:1'] }, replicationFactor: 2 },
      },
    },
    problems: [
      'services.minio.expose: {"type":"cluster"} — has no effect beside services.minio.external (remove it)',
      'services.minio.console: {"type":"ingress","host":"mlops.example.org"} — has no effect beside services.minio.external (remove it)',
      'services.istio.egressGateway: true — has no effect beside services.istio.external (remove it)',
      'services.prometheus.alertmanager: {"type":"cluster"} — has no effect beside services.prometheus.external (remove it)',
      'services.prometheus.retention: "3d" — has no effect beside services.prometheus.external (remove it)',
      'services.kafka.replicationFactor: 2 — has no effect beside services.kafka.external (remove it)',
    ],
  },
  {
    sentence: 'databases of your own, without any',
    config: at('services.postgresql.external', {}),
    problems: [
      'services.postgresql.external: {} — must name a database for mlflow, prefect or both (write e.g. { mlflow: { … } }, or remove it)',
    ],
  },
  {
    sentence: 'a database of your own for a service that is off',
    config: { services: { prefect: false, postgresql: { external: { prefect: database } } } },
    problems: [
      'services.postgresql.external.prefect: {"host":"db.example.org","database":"mlflow","secret":{"n... — has no effect while services.prefect is false (remove it)',
    ],
  },
  // Addresses
  {
    sentence: 'two services behind one host name of an Ingress',
    config: { services: { mlflow: { expose: openIngress }, prefect: { expose: ingress } } },
    problems: [
      'services.prefect.expose.host: "mlops.example.org" — services.mlflow.expose.host has this host already (give each service a host of its own)',
    ],
  },
  {
    sentence: 'two servers of your own at one address',
    config: {
      services: {
        minio: { external: { ...s3, endpoint: 'http://a.org:9092' } },
        kafka: { external: { bootstrapServers: ['b.org:9092', 'a.org:9092'] } },
      },
    },
    problems: [
      'services.kafka.external.bootstrapServers[1]: "a.org:9092" — services.minio.external.endpoint leads to the same address (write the address of each server)',
    ],
  },
  {
    sentence: 'a server of your own under a name of another cluster domain',
    config: {
      cluster: { externalHost: 'a', domain: 'k8s.example.org' },
      services: {
        minio: { external: { ...s3, endpoint: 'http://minio.store.svc.cluster.local:9000' } },
        postgresql: { external: { mlflow: { ...database, host: 'db.data.svc.cluster.local' } } },
        kafka: { external: { bootstrapServers: ['kafka.data.svc.k8s.example.org:9092', 'kafka.data.svc:9092'] } },
      },
    },
    problems: [
      'services.postgresql.external.mlflow.host: "db.data.svc.cluster.local:5432" — is in the cluster domain cluster.local, but cluster.domain is k8s.example.org (make them the same)',
      'services.minio.external.endpoint: "minio.store.svc.cluster.local:9000" — is in the cluster domain cluster.local, but cluster.domain is k8s.example.org (make them the same)',
    ],
  },
  {
    sentence: 'anything twice in a list',
    config: {
      services: { kafka: { expose: { type: 'loadBalancer', brokerHosts: ['a', 'b', 'a'], ...open } } },
      models: [{ ...creditcard, drift: { registeredModel, detectors: ['mmd', 'mmd'], dropColumns: ['x', 'y', 'x'] } }],
      images: { pullSecrets: ['a', 'a', 'a'] },
    },
    problems: [
      'services.kafka.expose.brokerHosts[2]: "a" — services.kafka.expose.brokerHosts[0] is the same (remove one of the two)',
      'models[0].drift.detectors[1]: "mmd" — models[0].drift.detectors[0] is the same (remove one of the two)',
      'models[0].drift.dropColumns[2]: "x" — models[0].drift.dropColumns[0] is the same (remove one of the two)',
      'images.pullSecrets[1]: "a" — images.pullSecrets[0] is the same (remove one of the two)',
      'images.pullSecrets[2]: "a" — images.pullSecrets[0] is the same (remove one of the two)',
    ],
  },
  {
    sentence: 'a broker of your own twice',
    config: at('services.kafka.external.bootstrapServers', ['a.org:1', 'a.org:1']),
    problems: [
      'services.kafka.external.bootstrapServers[1]: "a.org:1" — services.kafka.external.bootstrapServers[0] is the same (remove one of the two)',
    ],
  },
  // Node ports
  {
    sentence: 'one node port for two services that were both given it',
    config: { services: { mlflow: nodePort(31000, open), prefect: nodePort(31000) } },
    problems: [
      'services.prefect.expose.port: 31000 — services.mlflow.expose.port already has this node port (choose another one from 30000 to 32767)',
    ],
  },
  {
    sentence: 'a node port that another service has by default: the one that was written is the one to change',
    config: {
      services: {
        mlflow: { expose: { type: 'nodePort', ...open } },
        minio: { console: { type: 'nodePort', port: 30500 } },
      },
    },
    problems: [
      'services.minio.console.port: 30500 — services.mlflow.expose.port already has this node port by default (choose another one from 30000 to 32767)',
    ],
  },
  {
    sentence: 'a node port that a Kafka broker gets by its order',
    config: { services: { mlflow: nodePort(30094, open), ...openKafka } },
    problems: [
      'services.mlflow.expose.port: 30094 — broker 1 of services.kafka.expose.bootstrapPort already has this node port by default (choose another one from 30000 to 32767)',
    ],
  },
  {
    sentence: 'a bootstrap port whose brokers would get the ports of others',
    config: {
      services: {
        minio: { expose: { type: 'nodePort' }, console: { type: 'nodePort' } },
        kafka: { expose: { type: 'nodePort', bootstrapPort: 30899, ...open } },
      },
    },
    problems: [
      'services.kafka.expose.bootstrapPort: 30899 — broker 0 would get node port 30900, which services.minio.expose.port already has by default (choose another bootstrapPort, or set brokerPorts)',
      'services.kafka.expose.bootstrapPort: 30899 — broker 1 would get node port 30901, which services.minio.console.port already has by default (choose another bootstrapPort, or set brokerPorts)',
    ],
  },
  {
    sentence: 'a bootstrap port too close to the end of the range',
    config: { services: { kafka: { expose: { type: 'nodePort', bootstrapPort: 32766, ...open } } } },
    problems: [
      'services.kafka.expose.bootstrapPort: 32766 — broker 1 would get node port 32768, which is above 32767 (choose another bootstrapPort, or set brokerPorts)',
      'services.kafka.expose.bootstrapPort: 32766 — broker 2 would get node port 32769, which is above 32767 (choose another bootstrapPort, or set brokerPorts)',
    ],
  },
  {
    sentence: 'a broker port that is the bootstrap port',
    config: {
      services: {
        kafka: { expose: { type: 'nodePort', bootstrapPort: 31000, brokerPorts: [31001, 31000, 31001], ...open } },
      },
    },
    problems: [
      'services.kafka.expose.brokerPorts[1]: 31000 — services.kafka.expose.bootstrapPort already has this node port (choose another one from 30000 to 32767)',
      'services.kafka.expose.brokerPorts[2]: 31001 — services.kafka.expose.brokerPorts[0] already has this node port (choose another one from 30000 to 32767)',
    ],
  },
  // Kafka
  {
    sentence: 'more copies than brokers',
    config: at('services.kafka.replicationFactor', 4),
    problems: [
      'services.kafka.replicationFactor: 4 — must not be above the number of brokers, 3 (lower it, or raise size.overrides.kafka.replicas)',
    ],
  },
  {
    sentence: 'another number of broker ports than brokers',
    config: at('services.kafka.expose', { type: 'nodePort', brokerPorts: [31000], ...open }),
    problems: ['services.kafka.expose.brokerPorts: [31000] — must have one entry for each of the 3 brokers (add 2)'],
  },
  {
    sentence: 'more broker hosts than brokers',
    config: {
      size: { profile: 'laptop' },
      services: { kafka: { expose: { type: 'loadBalancer', brokerHosts: ['a', 'b'], ...open } } },
    },
    problems: ['services.kafka.expose.brokerHosts: ["a","b"] — must have one entry for the only broker (remove 1)'],
  },
  {
    sentence: 'a number of brokers that makes no quorum',
    config: { size: { profile: 'team', overrides: { kafka: { replicas: 2 } } } },
    problems: ['size.overrides.kafka.replicas: 2 — must be 1 or 3: every broker is a voter of the quorum (write 3)'],
  },
  // Sizes
  {
    sentence: 'a second replica of what cannot have one',
    config: { size: { profile: 'team', overrides: { postgresql: { replicas: 2 }, nodeExporter: { replicas: 3 } } } },
    problems: [
      'size.overrides.postgresql.replicas: 2 — must be 1: a second replica would be a second, empty database (remove it)',
      'size.overrides.nodeExporter.replicas: 3 — must be 1: it runs once on each node (remove it)',
    ],
  },
  {
    sentence: 'a disk for what keeps nothing',
    config: { size: { profile: 'team', overrides: { mlflow: { disk: '5Gi' } } } },
    problems: ['size.overrides.mlflow.disk: "5Gi" — this component keeps nothing on a disk (remove it)'],
  },
  {
    sentence: 'a request above the limit, whichever of the two was written',
    config: {
      size: {
        profile: 'team',
        overrides: { mlflow: { cpu: '3' }, minio: { memoryLimit: '512Mi' }, kafka: { cpu: '2', cpuLimit: '1500m' } },
      },
      models: [
        { ...creditcard, resources: { memory: '8Gi' } },
        { ...creditcard, name: 'b', resources: { cpuLimit: '100m' } },
      ],
    },
    problems: [
      'size.overrides.minio.memoryLimit: "512Mi" — must not be below its request of 1Gi (raise it, or lower memory)',
      'size.overrides.mlflow.cpu: "3" — must not be above its limit of 2 (lower it, or raise cpuLimit)',
      'size.overrides.kafka.cpu: "2" — must not be above its limit of 1500m (lower it, or raise cpuLimit)',
      'models[0].resources.memory: "8Gi" — must not be above its limit of 4Gi (lower it, or raise memoryLimit)',
      'models[1].resources.cpuLimit: "100m" — must not be below its request of 250m (raise it, or lower cpu)',
    ],
  },
  {
    sentence: 'a size of what is not installed',
    config: {
      size: {
        profile: 'team',
        overrides: {
          postgresql: { cpu: '1' },
          prefectDatabase: { cpu: '1' },
          minio: { cpu: '1' },
          egressGateway: { cpu: '1' },
          prefectWorker: {},
          nfsProvisioner: { cpu: '100m' },
        },
      },
      services: { mlflow: false, prefect: false, minio: { external: s3 } },
    },
    problems: [
      'size.overrides.postgresql: {"cpu":"1"} — has no effect while services.mlflow is false (remove it)',
      'size.overrides.minio: {"cpu":"1"} — has no effect while services.minio.external is set (remove it)',
      'size.overrides.egressGateway: {"cpu":"1"} — has no effect while services.istio.egressGateway is false (remove it)',
      'size.overrides.prefectDatabase: {"cpu":"1"} — has no effect while services.prefect is false (remove it)',
      'size.overrides.prefectWorker: {} — has no effect while services.prefect is false (remove it)',
      'size.overrides.nfsProvisioner: {"cpu":"100m"} — has no effect while cluster.nfs is not set (remove it)',
    ],
  },
  {
    sentence: 'a size of a database that is yours',
    config: merge(
      { services: { postgresql: { external: { mlflow: database, prefect: database } } } },
      {
        size: { profile: 'team', overrides: { postgresql: { cpu: '1' }, prefectDatabase: { cpu: '1' } } },
      },
    ) as object,
    problems: [
      'size.overrides.postgresql: {"cpu":"1"} — has no effect while services.postgresql.external.mlflow is set (remove it)',
      'size.overrides.prefectDatabase: {"cpu":"1"} — has no effect while services.postgresql.external.prefect is set (remove it)',
    ],
  },
]);

accepts([
  [
    'one host name in different exposures',
    {
      services: { mlflow: { expose: openIngress }, prefect: { expose: { type: 'loadBalancer', host: ingress.host } } },
    },
  ],
  [
    'a storage class that is the one of the NFS provisioner',
    { cluster: { externalHost: 'a', storageClass: 'nfs-client', nfs: { server: 'nfs', path: '/share' } } },
  ],
  [
    'the provisioner of volumes alone',
    { services: everythingOff, cluster: { externalHost: 'a', nfs: { server: 'nfs', path: '/share' } } },
  ],
  ['one service alone', { services: { ...everythingOff, kafka: {} } }],
  ['two databases on one server', { services: { postgresql: { external: { mlflow: database, prefect: database } } } }],
  [
    'node ports of services that are off or yours',
    { services: { minio: { external: s3 }, mlflow: nodePort(30900, open), prefect: nodePort(30901) } },
  ],
  ['as many copies as brokers', { services: { kafka: { replicationFactor: 3 } } }],
  [
    'a limit that is raised with its request',
    { size: { profile: 'team', overrides: { mlflow: { cpu: '3', cpuLimit: '3' } } } },
  ],
]);
