import { Endpoint } from '../../lib/graph/endpoint';
import type { Settings } from './settings';

/** Default port of the models' gateway, unless the settings use it for something else. */
const defaultGatewayPort = 30080;

/**
 * The settings as the source of a config.ts, with a comment on each line that asks for a decision.
 *
 * @param configModule module that the file imports its type from, such as `./charts/config`
 */
export function configSource(settings: Settings, configModule: string): string {
  const { clusterHost, prefectPort, mlflowPort, prometheusPort } = settings;
  return [
    `import type { Config } from ${quote(configModule)};`,
    '',
    '/** Imported from a config.conf. `npm run synth` turns it into the manifests in dist/. */',
    'const config: Config = {',
    "  name: 'mlops', // namespaces are called mlops-mlflow, mlops-kafka and so on, as they were",
    '  cluster: {',
    `    externalHost: ${quote(clusterHost)}, // CLUSTER_IP`,
    "    kubernetesVersion: '1.32', // the oldest version among your clusters",
    '  },',
    "  size: { profile: 'team' }, // laptop, team or production; laptop has one Kafka broker, the others three",
    '  services: {',
    ...storeLines(settings),
    `    mlflow: { expose: { type: 'nodePort', port: ${mlflowPort}, withoutLogin: true } }, // MLFLOW_PORT`,
    `    prefect: { expose: { type: 'nodePort', port: ${prefectPort} } }, // PREFECT_API_PORT`,
    `    prometheus: { expose: { type: 'nodePort', port: ${prometheusPort}, withoutLogin: true } }, // PROMETHEUS_PORT`,
    ...kafkaLines(settings),
    ...gatewayLines(settings),
    '  },',
    '  models: [], // what Seldon serves: { name, server, uri }, and drift for a detector',
    '};',
    '',
    'export default config;',
    '',
  ].join('\n');
}

const storeLines = ({ storeHost, storePort }: Settings): string[] => [
  '    minio: {',
  '      // S3_IP and S3_PORT. The store needs the buckets mlflow, prefect, models and drift.',
  '      external: {',
  `        endpoint: ${quote(new Endpoint(storeHost, storePort, 'http').url())},`,
  '        // Make this Secret before you apply, with the keys accessKey and secretKey of a user who may read and write',
  '        // those buckets. Its values belong into no file.',
  "        secret: { namespace: 'object-store', name: 's3-login' },",
  '      },',
  '    },',
];

const kafkaLines = ({ kafka }: Settings): string[] =>
  kafka === undefined
    ? ['    kafka: false, // the file had no KAFKA_ keys', '    drift: false, // needs Kafka']
    : [
        '    kafka: {',
        '      expose: {',
        "        type: 'nodePort',",
        `        bootstrapPort: ${kafka.bootstrapPort}, // KAFKA_SERVICE_PORT`,
        `        brokerPorts: [${kafka.brokerPorts.join(', ')}], // KAFKA_CONTROLLER_PORT_1, _2 and _3`,
        '        withoutLogin: true,',
        '      },',
        '    },',
      ];

function gatewayLines({ prefectPort, mlflowPort, prometheusPort, kafka }: Settings): string[] {
  const taken = [prefectPort, mlflowPort, prometheusPort];
  if (kafka !== undefined) taken.push(kafka.bootstrapPort, ...kafka.brokerPorts);
  let port = defaultGatewayPort;
  while (taken.includes(port)) port += 1;
  return port === defaultGatewayPort
    ? []
    : [`    istio: { expose: { type: 'nodePort', port: ${port} } }, // ${defaultGatewayPort}, its default, is taken`];
}

const quote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
