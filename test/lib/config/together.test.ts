import { creditcard, problemsOf, problemsWith } from '../../support/config';

const s3 = { endpoint: 'https://s3.example.org', secret: { namespace: 'store', name: 'login' } };

test('a missing key is reported with what to write', () => {
  expect(problemsOf({})).toEqual([
    'cluster: missing — must be an object (write e.g. { externalHost: "192.0.2.10" })',
    'size: missing — must be an object (write e.g. { profile: "laptop" })',
  ]);
  expect(problemsWith({ models: [{ name: 'a' }], services: { kafka: { external: {} } } })).toEqual([
    'services.kafka.external.bootstrapServers: missing — must be a list with at least one broker (write e.g. ["kafka.example.org:9092"])',
    'models[0].uri: missing — one of uri, registeredModel and image must say what is served (write e.g. uri: "s3://models/creditcard/1")',
  ]);
});

test('a value of another type is reported with what to write', () => {
  expect(problemsOf(null)).toEqual([
    'config: null — must be an object (write e.g. { cluster: { externalHost: "192.0.2.10" }, size: { profile: "laptop" } })',
  ]);
  expect(
    problemsWith({
      services: { minio: true, mlflow: [], kafka: { expose: 'nodePort' } },
      models: {},
      images: { pullSecrets: 'a' },
    }),
  ).toEqual([
    'services.minio: true — must be false or an object (write false to leave it out, {} for the defaults)',
    'services.mlflow: [] — must be false or an object (write false to leave it out, {} for the defaults)',
    'services.kafka.expose: "nodePort" — must be an object (write e.g. { type: "cluster" })',
    'models: {} — must be a list of models (write [] for none)',
    'images.pullSecrets: "a" — must be a list',
  ]);
});

test('an unknown key is reported with the one that was probably meant, or with the known ones', () => {
  expect(
    problemsWith({
      servces: {},
      x: 1,
      services: { kafka: { topics: [] }, seldon: { a: 1 } },
      images: { overrides: { kafkaa: 'a:1' } },
    }),
  ).toEqual([
    'services.seldon.a: 1 — unknown key (remove it)',
    'services.kafka.topics: [] — unknown key (known: expose, replicationFactor, external)',
    'images.overrides.kafkaa: "a:1" — unknown key (did you mean kafka?)',
    'servces: {} — unknown key (did you mean services?)',
    'x: 1 — unknown key (known: name, namespacePrefix, cluster, size, services, models, secrets, charts, networkPolicies, images)',
  ]);
});

test('a misspelled word is reported with the allowed one that was probably meant', () => {
  expect(
    problemsWith({ services: { mlflow: { expose: { type: 'loadbalancer' } } }, size: { profile: 'prodution' } }),
  ).toEqual([
    'size.profile: "prodution" — must be "laptop", "team" or "production" (did you mean production?)',
    'services.mlflow.expose.type: "loadbalancer" — must be "cluster", "nodePort", "loadBalancer" or "ingress" (did you mean loadBalancer?)',
  ]);
});

test('problems of single fields and problems between fields come in one list', () => {
  expect(
    problemsOf({
      name: 'My_Name',
      cluster: {},
      size: { profile: 'big', overrides: { kafka: { replicas: 2 } } },
      services: { postgresql: false, kafka: { replicationFactor: 3 } },
      models: [{ ...creditcard, server: 'onnx' }, creditcard],
    }),
  ).toEqual([
    'name: "My_Name" — must be a DNS label: lower-case letters, digits and hyphens, starting with a letter, at most 51 characters, not starting with "kube-", which Kubernetes keeps for itself (write e.g. "mlops")',
    'cluster.externalHost: missing — must be a host name or an IP address, without port or scheme (write e.g. "192.0.2.10")',
    'size.profile: "big" — must be "laptop", "team" or "production"',
    'size.overrides.kafka.replicas: 2 — must be 1 or 3: every broker is a voter of the quorum (write 3)',
    'services.postgresql: false — mlflow needs it (leave it on, or leave out what needs it)',
    'services.kafka.replicationFactor: 3 — must not be above the number of brokers, 2 (lower it, or raise size.overrides.kafka.replicas)',
    'models[0].server: "onnx" — must be "mlflow", "sklearn", "xgboost", "huggingface" or "triton"',
    'models[1].name: "creditcard" — models[0] has this name already (choose another one)',
  ]);
});

describe('nothing is concluded from a value that is itself wrong', () => {
  test.each<[string, object, readonly string[]]>([
    [
      'a profile, of the number of brokers',
      {
        size: { profile: 'big' },
        services: {
          kafka: { replicationFactor: 3, expose: { type: 'nodePort', brokerPorts: [31000], withoutLogin: true } },
        },
      },
      ['size.profile: "big" — must be "laptop", "team" or "production"'],
    ],
    [
      'a node port, of the default in its place',
      {
        services: {
          mlflow: { expose: { type: 'nodePort', port: 80, withoutLogin: true } },
          prefect: { expose: { type: 'nodePort', port: 30500 } },
        },
      },
      ['services.mlflow.expose.port: 80 — must be a node port from 30000 to 32767 (write e.g. 30500)'],
    ],
    [
      'a typo, of the default in its place',
      { services: { mlflow: { expsoe: { type: 'cluster' } }, prefect: { expose: { type: 'nodePort', port: 30500 } } } },
      ['services.mlflow.expsoe: {"type":"cluster"} — unknown key (did you mean expose?)'],
    ],
    [
      'a service that is neither off nor an object, of what it needs',
      { services: { mlflow: 'off', postgresql: false } },
      ['services.mlflow: "off" — must be false or an object (write false to leave it out, {} for the defaults)'],
    ],
    [
      'two names, of their being the same in the repaired copy',
      {
        models: [
          { ...creditcard, name: 'A' },
          { ...creditcard, name: 'B' },
        ],
      },
      ['A', 'B'].map(
        (name, index) =>
          `models[${index}].name: "${name}" — must be a DNS label: lower-case letters, digits and hyphens, starting with a letter, at most 48 characters, not "seldon-container-engine" (write e.g. "creditcard")`,
      ),
    ],
    [
      'a list of models that is none, of what models need',
      { models: 5, services: { seldon: false, istio: false } },
      ['models: 5 — must be a list of models (write [] for none)'],
    ],
    [
      'a server of your own without an address, of its being installed',
      {
        services: {
          minio: { external: { secret: s3.secret } },
          mlflow: { expose: { type: 'nodePort', port: 30900, withoutLogin: true } },
        },
      },
      [
        'services.minio.external.endpoint: missing — must be an http or https URL with a fully qualified name or an IP address, without user or query (write e.g. "https://s3.example.org")',
      ],
    ],
  ])('%s', (_, keys, problems) => {
    expect(problemsWith(keys)).toEqual(problems);
  });
});

test('a problem is reported once, and a wrong entry of a list does not shift the indexes of the others', () => {
  const problems = problemsWith({ models: [5, creditcard, 'x', creditcard] });
  const rule =
    'must be an object (write e.g. { name: "creditcard", server: "mlflow", uri: "s3://models/creditcard/1" })';
  expect(problems).toEqual([
    `models[0]: 5 — ${rule}`,
    `models[2]: "x" — ${rule}`,
    'models[3].name: "creditcard" — models[1] has this name already (choose another one)',
  ]);
});

test('what stands in for a wrong value does not hide that others clash', () => {
  const nodePort = (port: number): object => ({ expose: { type: 'nodePort', port } });
  const open = (port: number): object => ({ expose: { type: 'nodePort', port, withoutLogin: true } });
  expect(
    problemsWith({
      services: { mlflow: open(80), prefect: nodePort(30500), prometheus: open(30500) },
      images: { pullSecrets: ['No', 'registry-login', 'registry-login'] },
    }),
  ).toEqual([
    'services.mlflow.expose.port: 80 — must be a node port from 30000 to 32767 (write e.g. 30500)',
    'services.prometheus.expose.port: 30500 — services.prefect.expose.port already has this node port (choose another one from 30000 to 32767)',
    'images.pullSecrets[0]: "No" — must be a DNS name in lower case, at most 253 characters (write e.g. "registry-login")',
    'images.pullSecrets[2]: "registry-login" — images.pullSecrets[1] is the same (remove one of the two)',
  ]);
});

test('every problem of a config with very many is reported', () => {
  const models = Array.from({ length: 2_000 }, (_, index) => ({ ...creditcard, name: `Model ${index}` }));
  expect(problemsWith({ models })).toHaveLength(2_000);
});
