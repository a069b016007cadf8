import { at, creditcard, merge, problemsOf, smallest } from '../../support/config';

const s3 = { endpoint: 'https://s3.example.org', secret: { namespace: 'store', name: 'login' } };
const database = { host: 'db.example.org', database: 'mlflow', secret: { namespace: 'db', name: 'login' } };

const retrained = {
  ...creditcard,
  drift: { registeredModel: { name: 'creditcard', version: 1 } },
  retrain: { deployment: 'train-creditcard/production' },
};

/** What must be around a field before it can be written. */
const surroundings: readonly [RegExp, object][] = [
  [/^models\[0\]/, { models: [creditcard] }],
  [/^cluster\.nfs/, at('cluster.nfs', { server: 'nfs.example.org', path: '/share' })],
  [/^services\.minio\.external/, at('services.minio.external', s3)],
  [/^services\.postgresql\.external/, at('services.postgresql.external.mlflow', database)],
  [/^secrets\.(store|prefix|refresh)/, { secrets: { mode: 'externalSecrets', store: { name: 'vault' } } }],
  [/^services\.istio\.external/, at('services.istio.external.url', 'https://istio.example.org')],
  [
    /^services\.prometheus\.external/,
    at('services.prometheus.external', { url: 'https://prometheus.example.org', namespace: 'monitoring' }),
  ],
  [/expose\.(host|className|tlsSecret|annotations)/, at('services.mlflow.expose', { type: 'ingress', host: 'a.org' })],
  [/mlflow\.expose\./, at('services.mlflow.expose.withoutLogin', true)],
  [/kafka\.expose\./, at('services.kafka.expose.withoutLogin', true)],
  [/expose\.(port|bootstrapPort|brokerPorts)/, {}],
  [/kafka\.expose\.brokerHosts/, at('services.kafka.expose', { type: 'loadBalancer' })],
];

/** The same for a field of an item of a list. */
const itemsAround = {
  'networkPolicies.clients': { namespace: 'notebooks', to: ['mlflow'] },
  'networkPolicies.destinations': { from: 'models', to: '198.51.100.7/32', ports: [443] },
};

/** The same for a field of a model. */
const modelsAround: readonly [RegExp, object][] = [
  [
    /\]\.registeredModel/,
    { name: 'creditcard', server: 'mlflow', registeredModel: { name: 'creditcard', version: 3 } },
  ],
  [/\.drift\./, { ...creditcard, drift: { registeredModel: { name: 'creditcard', version: 1 } } }],
  [/\]\.image/, { name: 'creditcard' }],
  [/\]\.task/, { ...creditcard, server: 'huggingface' }],
  [/\.autoscaling/, { ...creditcard, autoscaling: { max: 1000 } }],
  [/\.drift\.registeredModel/, { ...creditcard, drift: { registeredModel: { name: 'creditcard', version: 1 } } }],
  [/\.canary/, { ...creditcard, canary: { uri: 's3://models/creditcard/2', traffic: 10 } }],
  [/\.retrain/, retrained],
  [/\.shadow/, { ...creditcard, shadow: { uri: 's3://models/creditcard/2' } }],
];

function configWith(path: string, value: unknown): unknown {
  const around = surroundings
    .filter(([pattern]) => pattern.test(path))
    .reduce<unknown>((all, [, more]) => merge(all, more), smallest);
  if (path.startsWith('models[0].')) {
    const [, model] = modelsAround.find(([pattern]) => pattern.test(path)) ?? [/^/, creditcard];
    return merge(around, { models: [merge(model, at(path.slice('models[0].'.length), value))] });
  }
  for (const [list, item] of Object.entries(itemsAround)) {
    const first = `${list}[0].`;
    if (path.startsWith(first)) return merge(around, at(list, [merge(item, at(path.slice(first.length), value))]));
  }
  const exposure = /expose\.(port|bootstrapPort|brokerPorts|withoutLogin)/.test(path)
    ? at(path.replace(/\.\w+$/, '.type'), 'nodePort')
    : {};
  return merge(merge(around, exposure), at(path, value));
}

interface Field {
  readonly accepted: readonly unknown[];
  readonly refused: readonly unknown[];
  /** The rule and what to write instead, word by word. */
  readonly rule: string;
}

const label = (most: number, but: string, example: string): string =>
  `must be a DNS label: lower-case letters, digits and hyphens, starting with a letter, at most ${most} characters${but} (write e.g. "${example}")`;
const prefixRule = label(51, ', not starting with "kube-", which Kubernetes keeps for itself', 'mlops');
const dnsName = (example: string): string =>
  `must be a DNS name in lower case, at most 253 characters (write e.g. "${example}")`;
const host = (example: string): string =>
  `must be a host name or an IP address, without port or scheme (write e.g. "${example}")`;
const podHost = (example: string): string =>
  `must be a fully qualified name or an IP address, without port or scheme (write e.g. "${example}")`;
const podHostAndPort = (example: string): string =>
  `must be host:port, with a fully qualified name or an IP address, and a port from 1 to 65535 (write e.g. "${example}")`;
const hostHeader = (example: string): string =>
  `must be a host name or an IP address, in lower case, with a port where clients name one (write e.g. "${example}")`;
const podUrl = (example: string): string =>
  `must be an http or https URL with a fully qualified name or an IP address, without user or query (write e.g. "${example}")`;
const url = (example: string): string => `must be an http or https URL without user or query (write e.g. "${example}")`;
const nodePort = (example: number): string => `must be a node port from 30000 to 32767 (write e.g. ${example})`;
const secretKey = (example: string): string =>
  `must be a key of a Secret: letters, digits, "-", "_" and "." (write e.g. "${example}")`;
const registeredName = 'must be the name of a registered model, without "/", ":" and "$(" (write e.g. "creditcard")';
const cpu = 'must be a Kubernetes quantity of CPU above zero (write e.g. "500m" or "2")';
const memory = 'must be a Kubernetes quantity of memory above zero (write e.g. "512Mi" or "4Gi")';
const count = (example: number): string => `must be a whole number from 1 to 1000 (write e.g. ${example})`;

const notText = [5, null, true, [], {}];
const notLabels = ['', 'A', '1a', '-a', 'a-', 'a_b', 'a.b', 'ä', ...notText];
const hosts = [
  '192.0.2.10',
  'node',
  'node-1.example.org',
  'NODE.example.org',
  '2001:db8::10',
  '::1',
  '10.in-addr.arpa',
];
const notHosts = [
  '',
  'http://a',
  'a:80',
  'a b',
  '-a',
  'a.',
  '192.0.2.256',
  '1.2.3',
  'fe80::1%eth0',
  '[::1]',
  ':::',
  'a'.repeat(64),
  ...notText,
];
const podUrls = [
  'https://s3.example.org:9000',
  'http://store.minio',
  'http://192.0.2.1/base/path',
  'http://[2001:db8::1]:9000',
];
const urls = ['http://a', ...podUrls];
const notUrls = [
  '',
  'a',
  'ftp://a',
  'http://',
  'http://a:99999',
  'http://a:0',
  'http://a?x',
  'http://a#x',
  'http://a\\b',
  'http://[',
  ...notText,
];

// Pods of each namespace would look these up as a Service of their own.
const shortUrls = ['http://s3', 'https://s3:9000/base', 'http://s3.', 'http://localhost:9000'];

const fields: Readonly<Record<string, Field>> = {
  name: {
    accepted: ['a', 'team-a', 'a1', 'a'.repeat(51)],
    refused: ['kube', 'kube-x', 'a'.repeat(52), ...notLabels],
    rule: prefixRule,
  },
  namespacePrefix: { accepted: ['x', 'kubernetes'], refused: ['kube-system', ...notLabels], rule: prefixRule },
  'cluster.externalHost': { accepted: hosts, refused: notHosts, rule: host('192.0.2.10') },
  'cluster.domain': {
    accepted: ['cluster.local', 'k8s', '1.a'],
    refused: ['Cluster.local', 'a..b', '.a', 'a.', 'a_b', 'a'.repeat(64), 'a.'.repeat(127), ...notText],
    rule: dnsName('cluster.local'),
  },
  'cluster.kubernetesVersion': {
    accepted: ['1.32', '1.34', '1.36'],
    refused: ['1.31', '1.37', '1.9', 'v1.35', '1.35.1', '2.35', 1.3, '', null],
    rule: 'must be a Kubernetes minor version from 1.32 to 1.36 (write e.g. "1.32")',
  },
  'cluster.storageClass': { accepted: ['standard', 'gp3.fast'], refused: ['', 'A', 5], rule: dnsName('standard') },
  'cluster.nfs.server': { accepted: hosts, refused: notHosts, rule: host('nfs.example.org') },
  'cluster.nfs.path': {
    accepted: ['/', '/mnt/nfs_share'],
    refused: ['', 'mnt', '/a b', 5],
    rule: 'must be an absolute path without spaces, ".." and "$(" (write e.g. "/mnt/nfs_share")',
  },
  'size.profile': {
    accepted: ['laptop', 'team', 'production'],
    refused: ['big', '', null, 5],
    rule: 'must be "laptop", "team" or "production"',
  },
  'size.overrides.mlflow.replicas': {
    accepted: [1, 2, 1000],
    refused: [0, -1, 1.5, 1001, Number.NaN, Infinity, '2', null],
    rule: count(2),
  },
  'size.overrides.mlflow.cpuLimit': {
    accepted: ['250m', '3', '2.5'],
    refused: ['0', '0m', '0.0', '1.2345', '-1', '1 ', 'm', '1k', 2],
    rule: cpu,
  },
  'size.overrides.mlflow.memoryLimit': {
    accepted: ['2Gi', '4096Mi', '5G'],
    refused: ['0Gi', '1', '1.5Gi', '1gi', '1Pi', 5],
    rule: memory,
  },
  'size.overrides.minio.disk': {
    accepted: ['1Gi', '500M', '2Ti'],
    refused: ['0Gi', '5Ki', '1', 5],
    rule: 'must be a Kubernetes quantity of disk above zero (write e.g. "8Gi")',
  },
  'services.mlflow.expose.port': {
    accepted: [30000, 32767],
    refused: [29999, 32768, 80, 30000.5, '30500', null],
    rule: nodePort(30500),
  },
  'services.mlflow.expose.host': {
    accepted: ['a', 'mlflow.example.org'],
    refused: ['A.org', '*.org', 'a/b', 5],
    rule: dnsName('mlflow.example.org'),
  },
  'services.mlflow.expose.className': { accepted: ['nginx'], refused: ['Nginx', 5], rule: dnsName('nginx') },
  'services.mlflow.expose.tlsSecret': { accepted: ['mlflow-tls'], refused: ['Mlflow', 5], rule: dnsName('mlflow-tls') },
  'services.mlflow.expose.withoutLogin': {
    accepted: [true],
    refused: [false, 'true', 1, null],
    rule: 'must be true, since the service has no login: whoever reaches it can read and change all that it has (write true if you accept that, or leave the exposure out)',
  },
  'services.mlflow.allowedHosts[0]': {
    accepted: ['a', 'proxy.example.org', '192.0.2.11:30500', '[2001:db8::1]:5000', 'a:65535'],
    refused: ['A.org', '*', '*.example.org', 'http://a', 'a/b', 'a:0', 'a:65536', 'a:', '2001:db8::1', '[a]:1', '', 5],
    rule: hostHeader('192.0.2.11:30500'),
  },
  'services.kafka.expose.bootstrapPort': { accepted: [30010], refused: [9092, '30010'], rule: nodePort(30092) },
  'services.kafka.replicationFactor': { accepted: [1, 2, 3], refused: [0, 2.5, '3'], rule: count(3) },
  'services.kafka.external.bootstrapServers[0]': {
    accepted: ['kafka.example.org:9092', '192.0.2.1:1'],
    refused: ['kafka.a', 'kafka.a:', 'kafka.a:0', 'kafka.a:65536', 'http://kafka.a:1', 'a.b:1:2', 'kafka:9092', 5],
    rule: podHostAndPort('kafka.example.org:9092'),
  },
  'services.kafka.external.bootstrapServers': {
    accepted: [['a.b:1', 'b.b:1']],
    refused: [[], 'a:1', {}, null],
    rule: 'must be a list with at least one broker (write e.g. ["kafka.example.org:9092"])',
  },
  'services.minio.external.endpoint': {
    accepted: podUrls,
    refused: [...shortUrls, ...notUrls],
    rule: podUrl('https://s3.example.org'),
  },
  'services.minio.external.region': {
    accepted: ['us-east-1', 'garage'],
    refused: ['', 'EU', 'a b', 5],
    rule: 'must be a region name: lower-case letters, digits and hyphens (write e.g. "eu-west-1")',
  },
  'services.minio.external.secret.namespace': {
    accepted: ['store'],
    refused: notLabels,
    rule: label(63, '', 'databases'),
  },
  'services.minio.external.secret.name': { accepted: ['a.b'], refused: ['A', 5], rule: dnsName('mlflow-login') },
  'services.postgresql.external.mlflow.host': {
    accepted: ['db.example.org', 'postgres.databases', '192.0.2.10', '::1'],
    refused: ['db', 'localhost', ...notHosts],
    rule: podHost('postgres.example.org'),
  },
  'services.postgresql.external.mlflow.port': {
    accepted: [1, 65535],
    refused: [0, 65536, '5432', 1.5],
    rule: 'must be a port from 1 to 65535 (write e.g. 5432)',
  },
  'services.postgresql.external.mlflow.database': {
    accepted: ['mlflow', 'mlflow-tracking_1', 'M'],
    refused: ['', 'a b', 'a/b', '{a}', '1a', 'a'.repeat(64), 5],
    rule: 'must be a database name: letters, digits, "_" and "-", at most 63 (write e.g. "mlflow")',
  },
  'services.istio.egressGateway': { accepted: [true, false], refused: ['yes', 1, null], rule: 'must be true or false' },
  'services.istio.external.url': { accepted: urls, refused: notUrls, rule: url('https://models.example.org') },
  'services.istio.external.namespace': {
    accepted: ['istio'],
    refused: notLabels,
    rule: label(63, '', 'istio-ingress'),
  },
  'services.prometheus.external.url': {
    accepted: podUrls,
    refused: [...shortUrls, ...notUrls],
    rule: podUrl('https://prometheus.example.org'),
  },
  'services.prometheus.retention': {
    accepted: ['1h', '10d', '2w', '1y'],
    refused: ['0d', '10', '10s', '1.5d', '', 10],
    rule: 'must be a duration in h, d, w or y (write e.g. "10d")',
  },
  'services.prefect.workPool': {
    accepted: ['kubernetes', 'pool'],
    refused: ['prefect', 'prefect-pool', ...notLabels],
    rule: label(63, ', not starting with "prefect", which Prefect keeps for itself', 'kubernetes'),
  },
  'services.prefect.limits.flowRuns': { accepted: [1, 1000], refused: [0, 1.5, '3', null], rule: count(10) },
  'services.prefect.limits.taskRuns.database': { accepted: [1, 1000], refused: [0, '3', null], rule: count(4) },
  'models[0].name': {
    accepted: ['a', 'credit-card-2', 'a'.repeat(48)],
    refused: ['a'.repeat(49), 'seldon-container-engine', ...notLabels],
    rule: label(48, ', not "seldon-container-engine"', 'creditcard'),
  },
  'models[0].server': {
    accepted: ['mlflow', 'sklearn', 'xgboost', 'triton'], // The huggingface server is below, with its task.
    refused: ['pytorch', '', 5, null],
    rule: 'must be "mlflow", "sklearn", "xgboost", "huggingface" or "triton"',
  },
  'models[0].task': {
    accepted: ['audio-classification', 'text2text-generation', 'zero-shot-image-classification'],
    refused: ['sentiment-analysis', '', 5, null],
    rule:
      'must be "audio-classification", "automatic-speech-recognition", "conversational", "feature-extraction", ' +
      '"fill-mask", "image-classification", "image-segmentation", "object-detection", "question-answering", ' +
      '"summarization", "table-question-answering", "text-classification", "text-generation", ' +
      '"text2text-generation", "token-classification", "translation", "visual-question-answering", ' +
      '"zero-shot-classification" or "zero-shot-image-classification"',
  },
  'models[0].uri': {
    accepted: ['s3://models', 's3://models/a/b', 's3://models/modèle/v1..2/.x'],
    refused: [
      ...['models:/a/1', 's3://', 's3:///a', 's3://Models/a', 's3://a/b c', 5],
      ...['s3://models/../mlflow/1', 's3://models/a/..', 's3://models/./a', 's3://models/$(AWS_SECRET_ACCESS_KEY)'],
      ...['s3://models/*', 's3://models/a?', 's3://models/${aws:username}'],
      ...['s3://models/a\0', 's3://models/\x1b[2J', 's3://models/\x9b', 's3://models/a\n'],
    ],
    rule: 'must be an object store URI: s3://, a bucket of 3 to 63 characters and the folder in it, without "..", "*", "?", "$(" and "${" (write e.g. "s3://models/creditcard/1")',
  },
  'models[0].protocol': { accepted: ['v1', 'v2'], refused: ['', 2, null], rule: 'must be "v1" or "v2"' },
  'models[0].replicas': { accepted: [1, 50], refused: [0, '1'], rule: count(2) },
  'models[0].resources.cpuLimit': { accepted: ['4'], refused: ['0', 4], rule: cpu },
  'models[0].resources.memoryLimit': { accepted: ['8Gi'], refused: ['0Gi', 4], rule: memory },
  'models[0].drift.detectors': {
    accepted: [['mmd'], ['ks', 'psi', 'chi2']],
    refused: [[], 'mmd', null],
    rule: 'must be a list with at least one detector (write e.g. ["mmd"])',
  },
  'models[0].drift.window': {
    accepted: [20, 100_000],
    refused: [19, 100_001, 50.5, '50'],
    rule: 'must be a number of rows from 20 to 100000 (write e.g. 500)',
  },
  'models[0].drift.reference': {
    accepted: ['artifacts/a.csv'],
    refused: ['', 'a\0', 'a\x1b[2J', 5],
    rule: 'must be the path of an artifact, relative and without ".." (write e.g. "artifacts/testing_dataset.csv")',
  },
  'models[0].drift.dropColumns[0]': {
    accepted: ['Class', 'a b', 'Preis $(€)'],
    refused: ['', 'a\nb', 'a\u2028b', 5],
    rule: 'must be the name of a column (write e.g. "Class")',
  },
  'models[0].drift.registeredModel.name': {
    accepted: ['Credit Card'],
    refused: ['', 'a/b', 'a:1', '$(PATH)', 'a\x1b', 5],
    rule: registeredName,
  },
  'models[0].drift.registeredModel.version': {
    accepted: ['latest', 1, 1_000_000],
    refused: ['3', 0, 'newest', null],
    rule: 'a whole number from 1 to 1000000 (write e.g. 3)',
  },
  'models[0].registeredModel.name': {
    accepted: ['Credit Card'],
    refused: ['', 'a/b', 'a:1', '$(PATH)', 'a\r\n', 5],
    rule: registeredName,
  },
  'models[0].registeredModel.version': {
    accepted: [1, 1_000_000],
    refused: ['3', 0, 'latest', '@champion', null],
    rule: 'must be a whole number from 1 to 1000000 (write e.g. 3)',
  },
  'models[0].image': {
    accepted: [
      'a:1',
      'registry.example.org:5000/a/b:1.2',
      `a@sha256:${'0'.repeat(64)}`,
      `a:1@sha256:${'0'.repeat(64)}`,
    ],
    refused: ['', 'a', 'a:latest', `a:latest@sha256:${'0'.repeat(64)}`, 'a@sha256:0', 'A:1', 5],
    rule: 'must be an image with a tag other than latest, or a digest (write e.g. "registry.example.org/creditcard:1.4.0")',
  },
  'models[0].autoscaling.min': { accepted: [1, 5], refused: [0, '1'], rule: count(2) },
  'models[0].autoscaling.max': { accepted: [5, 100], refused: [0, '1'], rule: count(5) },
  'models[0].autoscaling.cpuPercent': {
    accepted: [1, 80, 1000],
    refused: [0, 1001, '80%'],
    rule: 'must be a percentage of the CPU that is reserved from 1 to 1000 (write e.g. 80)',
  },
  'models[0].canary.traffic': {
    accepted: [1, 99],
    refused: [0, 100, '10%', 0.1],
    rule: 'must be a percentage of the requests from 1 to 99 (write e.g. 10)',
  },
  'models[0].shadow.traffic': {
    accepted: [1, 100],
    refused: [0, 101, 0.5],
    rule: 'must be a percentage of the requests from 1 to 100 (write e.g. 25)',
  },
  'models[0].stream.partitions': { accepted: [1, 12], refused: [0, '1'], rule: count(3) },
  'models[0].stream.retention': {
    accepted: ['2d', '12h', '1w'],
    refused: ['', '0d', '7 days', 7],
    rule: 'must be a duration in h, d, w or y (write e.g. "2d")',
  },
  'models[0].retrain.deployment': {
    accepted: ['train-creditcard/production', 'a b/ä'],
    refused: ['train-creditcard', '/a', 'a/', 'a/b/c', 'a%b/c', '', 5],
    rule: 'must be a deployment as flow/deployment, without "%", "&", "<" and ">" (write e.g. "train-creditcard/production")',
  },
  'models[0].retrain.alerts': {
    accepted: [['DriftDetected'], ['A', 'B']],
    refused: [[], 'DriftDetected', null],
    rule: 'must be a list with at least one alert (write e.g. ["DriftDetected"])',
  },
  'models[0].retrain.atMostEvery': {
    accepted: ['1h', '2w'],
    refused: ['90m', '0d', 1],
    rule: 'must be a duration in h, d, w or y (write e.g. "1d")',
  },
  'secrets.mode': {
    accepted: ['generated', 'existing'],
    refused: ['sealed', null],
    rule: 'must be "generated", "existing" or "externalSecrets"',
  },
  'secrets.store.name': { accepted: ['vault'], refused: ['Vault', 5], rule: dnsName('vault') },
  'secrets.store.kind': {
    accepted: ['ClusterSecretStore', 'SecretStore'],
    refused: ['Vault', 5],
    rule: 'must be "ClusterSecretStore" or "SecretStore"',
  },
  'secrets.prefix': {
    accepted: ['mlops/', 'team-a/mlops_1.0'],
    refused: ['', '/mlops', 'a b', 'é', 5],
    rule: 'must be letters, digits and . _ - / before the names in your store (write e.g. "mlops/")',
  },
  'secrets.refresh': {
    accepted: ['30s', '15m', '1h'],
    refused: ['0h', '1d', 1],
    rule: 'must be a duration in s, m or h (write e.g. "1h")',
  },
  networkPolicies: {
    accepted: [false, {}],
    refused: [true, 'cilium', []],
    rule: 'must be false or an object (write false for no policies, {} for the defaults)',
  },
  'networkPolicies.flavor': {
    accepted: ['kubernetes', 'cilium'],
    refused: ['calico', 5],
    rule: 'must be one of "kubernetes", "cilium" (write e.g. "kubernetes")',
  },
  'networkPolicies.apiServerPorts': {
    accepted: [[6443], [443, 16443]],
    refused: [[], 6443],
    rule: 'must be a list with at least one port (write e.g. [6443])',
  },
  'networkPolicies.apiServerPorts[0]': {
    accepted: [1, 65535],
    refused: [0, 65536, '443'],
    rule: 'must be a port from 1 to 65535 (write e.g. 6443)',
  },
  'networkPolicies.dns[0]': {
    accepted: ['169.254.20.10/32', '10.0.0.0/8', '0.0.0.0/0', 'fd00::/8', '::/0', '2001:db8::a:0/112', '::1/128'],
    refused: [
      ...['10.0.0.1', '10.0.0.0/33', 'fd00::/129', 'dns.example.org/32', '10.0.0.0/08', 5],
      ...['10.20.0.5/16', '2001:db8::1/64', '::ffff:10.0.0.1/128', '::ffff:a00:1/128'],
    ],
    rule: 'must be a block of addresses, as its first IPv4 or IPv6 address, "/" and the length of its prefix (write e.g. "10.20.0.0/16")',
  },
  'networkPolicies.clients[0].to[0]': {
    accepted: ['mlflow', 'kafka', 'minio', 'prefect', 'prometheus', 'models'],
    refused: ['postgresql', 5],
    rule: 'must be one of "minio", "mlflow", "models", "prefect", "prometheus", "kafka" (write e.g. "minio")',
  },
  'networkPolicies.clients[0].namespace': {
    accepted: ['notebooks'],
    refused: ['Notebooks', 5],
    rule: label(63, '', 'notebooks'),
  },
  'networkPolicies.destinations[0].from': {
    accepted: ['flowRuns', 'models'],
    refused: ['mlflow', 5],
    rule: 'must be one of "flowRuns", "models" (write e.g. "flowRuns")',
  },
  'networkPolicies.destinations[0].to': {
    accepted: ['198.51.100.0/24'],
    refused: ['db.example.org', 5],
    rule: 'must be a block of addresses, as its first IPv4 or IPv6 address, "/" and the length of its prefix (write e.g. "10.20.0.0/16")',
  },
  'services.prometheus.external.namespace': {
    accepted: ['monitoring'],
    refused: ['Monitoring', 5],
    rule: label(63, '', 'monitoring'),
  },
  'images.registry': {
    accepted: ['registry.example.org', 'localhost:5000', 'registry.example.org:5000/a/b-c'],
    refused: ['', 'https://a', 'a/', 'a//b', 'a/B', 'a b', 5],
    rule: 'must be a registry host with optional port and path, without scheme (write e.g. "registry.example.org/mirror")',
  },
  'images.pullSecrets[0]': { accepted: ['regcred'], refused: ['Reg', 5], rule: dnsName('registry-login') },
  'images.overrides.kafka': {
    accepted: ['a:1', 'registry.example.org:5000/a/kafka:4.4.0', `a/b:1@sha256:${'0'.repeat(64)}`],
    refused: [
      '',
      'a',
      'a:latest',
      `a:latest@sha256:${'0'.repeat(64)}`,
      'a@sha256:0',
      `a@sha256:${'0'.repeat(64)}`,
      'A/b:1',
      'a:1 ',
      'a/:1',
      5,
    ],
    rule: 'must be an image with a tag other than latest, optionally with a digest (write e.g. "registry.example.org/app:1.4.0")',
  },
};

describe.each(Object.entries(fields))('%s', (path, { accepted, refused, rule }) => {
  test('takes what fits', () => {
    for (const value of accepted)
      expect({ value, problems: problemsOf(configWith(path, value)) }).toEqual({ value, problems: [] });
  });

  test('refuses everything else with its value, the rule and what to write instead', () => {
    for (const value of refused) {
      const [problem, ...others] = problemsOf(configWith(path, value));
      const [where, what] = problem?.split(' — ') ?? [];
      expect({ value, where: where?.split(': ')[0], what, others }).toEqual({
        value,
        where: path,
        what: expect.stringContaining(rule),
        others: [],
      });
    }
  });
});

test.each([
  ['services.minio.external.secret.keys.accessKey', secretKey('accessKey')],
  ['services.minio.external.secret.keys.secretKey', secretKey('secretKey')],
  ['services.postgresql.external.mlflow.secret.keys.password', secretKey('password')],
])('the value of %s is not repeated: it could be a secret', (path, rule) => {
  expect(problemsOf(configWith(path, 'hunter2 !'))).toEqual([`${path}: (not shown) — ${rule}`]);
});

test.each([
  ['services.istio.external.gatewaySelector', 'a/b/c'],
  ['services.prometheus.external.monitorLabels', 'a b'],
  ['services.mlflow.expose.annotations', '-a'],
])('%s takes only keys that Kubernetes takes', (path, key) => {
  expect(problemsOf(configWith(path, { 'example.org/team': 'a', app: 'b' }))).toEqual([]);
  expect(problemsOf(configWith(path, { [key]: 'x' }))).toEqual([
    `${path}["${key}"]: "x" — the key must be a label or annotation key: an optional DNS name and "/", then letters, digits, "-", "_" and ".", at most 63 (write e.g. "example.org/team")`,
  ]);
});
