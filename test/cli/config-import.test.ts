import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { transformSync } from '@swc/core';
import fc from 'fast-check';
import { run } from '../../cli/config-import';
import { readSettings } from '../../cli/config-conf/settings';
import { configSource } from '../../cli/config-conf/source';
import { parseConfig } from '../../charts/config';
import { ConfigError } from '../../lib/config/parse';
import { anyText } from '../support/any-text';

const complete: Readonly<Record<string, string>> = {
  CLUSTER_IP: '192.0.2.10',
  S3_IP: '192.0.2.20',
  S3_PORT: '9000',
  PREFECT_API_PORT: '31420',
  MLFLOW_PORT: '31500',
  PROMETHEUS_PORT: '31090',
  KAFKA_SERVICE_PORT: '31092',
  KAFKA_CONTROLLER_PORT_1: '31093',
  KAFKA_CONTROLLER_PORT_2: '31094',
  KAFKA_CONTROLLER_PORT_3: '31095',
};
const kafkaKeys = Object.keys(complete).filter((key) => key.startsWith('KAFKA_'));

/** A config.conf of these keys, one a line; a key with an undefined value is left out. */
const conf = (changes: Readonly<Record<string, string | undefined>> = {}): string =>
  Object.entries({ ...complete, ...changes })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value ?? ''}\n`)
    .join('');

/** What the text of a config.ts exports. */
function evaluate(source: string): unknown {
  const options = {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  } as const;
  const exported: { default?: unknown } = {};
  runInNewContext(transformSync(source, options).code, { exports: exported });
  return exported.default;
}

const imported = (text: string): unknown => evaluate(configSource(readSettings(text), './charts/config'));

function problemsOf(text: string): readonly string[] {
  try {
    readSettings(text);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('a config.conf with every value filled in', () => {
  test('becomes a config with the same meaning', () => {
    const config = parseConfig(imported(conf()));
    expect(config).toMatchObject({
      name: 'mlops',
      cluster: { externalHost: '192.0.2.10' },
      services: {
        minio: {
          external: { endpoint: 'http://192.0.2.20:9000', secret: { namespace: 'object-store', name: 's3-login' } },
        },
        mlflow: { expose: { type: 'nodePort', port: 31500, withoutLogin: true } },
        prefect: { expose: { type: 'nodePort', port: 31420 } },
        prometheus: { expose: { type: 'nodePort', port: 31090, withoutLogin: true } },
        kafka: {
          expose: { type: 'nodePort', bootstrapPort: 31092, brokerPorts: [31093, 31094, 31095], withoutLogin: true },
        },
        istio: { expose: { type: 'nodePort', port: 30080 } },
      },
    });
  });

  test('without the keys of Kafka becomes a config without Kafka and without the detectors, which need it', () => {
    const { services } = parseConfig(imported(conf(Object.fromEntries(kafkaKeys.map((key) => [key, undefined])))));
    expect(services).toMatchObject({ kafka: false, drift: false });
  });

  test('that uses the port of the models gets another one for them', () => {
    const { services } = parseConfig(imported(conf({ MLFLOW_PORT: '30080', PREFECT_API_PORT: '30081' })));
    expect(services).toMatchObject({ istio: { expose: { port: 30082 } }, mlflow: { expose: { port: 30080 } } });
  });

  test('may have comments, quotes, blanks, `export`, Windows line ends and a byte order mark', () => {
    const text = `\uFEFF# Cluster\r\n\r\n${conf({ CLUSTER_IP: undefined, S3_IP: undefined, S3_PORT: '"9000" # S3' }).replaceAll('\n', '\r\n')}  export CLUSTER_IP=node.example.org # ours\r\nS3_IP='2001:db8::1'`;
    expect(parseConfig(imported(text))).toMatchObject({
      cluster: { externalHost: 'node.example.org' },
      services: { minio: { external: { endpoint: 'http://[2001:db8::1]:9000' } } },
    });
  });

  test('becomes a file with a comment on every decision', () => {
    expect(configSource(readSettings(conf()), '../charts/config')).toMatchSnapshot();
  });
});

describe('every problem of a config.conf is reported at once', () => {
  test('with the number of the line, the value, the rule and what to write instead', () => {
    const text = [
      'CLUSTER_IP=your_kubernetes_cluster_ip',
      'S3_IP=http://s3',
      'S3_PORT=70000',
      '',
      'MLFLOW_PORT=80',
      'PREFECT_API_PORT=',
      'MLFOW_PORT=30500',
      'S3_PASSWORD=hunter2',
      'hello world',
      'S3_PORT=9000',
      'KAFKA_SERVICE_PORT=your_kafka_service_port',
    ].join('\n');
    const port = 'must be a node port from 30000 to 32767';
    expect(problemsOf(text)).toEqual([
      'line 1: CLUSTER_IP: "your_kubernetes_cluster_ip" — is still the placeholder: must be a host name or an IP address, without port or scheme (write e.g. "192.0.2.10")',
      'line 2: S3_IP: "http://s3" — must be a host name or an IP address, without port or scheme (write e.g. "192.0.2.20")',
      'line 3: S3_PORT: 70000 — must be a port from 1 to 65535 (write e.g. 9000)',
      `line 5: MLFLOW_PORT: 80 — ${port} (write e.g. 30500)`,
      `line 6: PREFECT_API_PORT: "" — ${port} (write e.g. 30420)`,
      'line 7: MLFOW_PORT: 30500 — unknown key (did you mean MLFLOW_PORT?)',
      expect.stringMatching(/^line 8: S3_PASSWORD: \(not shown\) — unknown key \(known: CLUSTER_IP, S3_IP, /),
      'line 9: "hello world" — must be KEY=value, a comment or empty (remove it)',
      'line 10: S3_PORT: 9000 — line 3 has this key already (remove one of the two)',
      `line 11: KAFKA_SERVICE_PORT: "your_kafka_service_port" — is still the placeholder: ${port} (write e.g. 30092), or remove all four KAFKA_ lines if you detect no drift`,
      `PROMETHEUS_PORT: missing — ${port} (write e.g. 30090)`,
      `KAFKA_CONTROLLER_PORT_1: missing — ${port} (write e.g. 30093)`,
      `KAFKA_CONTROLLER_PORT_2: missing — ${port} (write e.g. 30094)`,
      `KAFKA_CONTROLLER_PORT_3: missing — ${port} (write e.g. 30095)`,
    ]);
  });

  test('a node port that two keys have', () => {
    expect(problemsOf(conf({ PROMETHEUS_PORT: '31420', KAFKA_CONTROLLER_PORT_3: '31092' }))).toEqual([
      'line 6: PROMETHEUS_PORT: 31420 — PREFECT_API_PORT in line 4 is the same node port (choose another one from 30000 to 32767)',
      'line 10: KAFKA_CONTROLLER_PORT_3: 31092 — KAFKA_SERVICE_PORT in line 7 is the same node port (choose another one from 30000 to 32767)',
    ]);
  });

  test('a misspelled key is not reported as missing too', () => {
    expect(problemsOf(conf({ S3_PORT: undefined, S3_PROT: '9000' }))).toEqual([
      expect.stringMatching(/^line \d+: S3_PROT: 9000 — unknown key \(did you mean S3_PORT\?\)$/),
    ]);
    expect(problemsOf(conf({ KAFKA_SERVICE_PORT: undefined, KAFKA_SERVICE_PROT: '30092' }))).toEqual([
      expect.stringMatching(/ — unknown key \(did you mean KAFKA_SERVICE_PORT\?\)$/),
    ]);
  });

  test('a file that is no config.conf', () => {
    expect(problemsOf('x'.repeat(100_001))).toEqual([
      '100001 characters — must have at most 100000 (give a config.conf)',
    ]);
    expect(problemsOf('')).toHaveLength(6);
  });
});

test('any text becomes a config that is accepted, or a list of problems', () => {
  const port = fc.integer({ min: 29_990, max: 30_110 }).map(String);
  const value = fc.oneof(
    port,
    fc.ipV4(),
    fc.ipV6(),
    fc.domain(),
    anyText(),
    fc.constantFrom('', '"', "it's", '\\', '9000', 'your_ip'),
  );
  const entry = fc
    .tuple(fc.constantFrom(...Object.keys(complete), 'FOO', '__proto__', 'constructor'), value)
    .map(([key, text]) => `${key}=${text}`);
  const changed = fc
    .dictionary(fc.constantFrom(...Object.keys(complete)), value, { maxKeys: 2 })
    .map((changes) => conf(changes));
  const text = fc.oneof(
    anyText(),
    fc.array(entry).map((lines) => lines.join('\n')),
    changed,
  );
  let accepted = 0;
  fc.assert(
    fc.property(text, (content) => {
      if (problemsOf(content).length > 0) return;
      accepted += 1;
      parseConfig(imported(content));
    }),
    { numRuns: 1_000, seed: 7 },
  );
  expect(accepted).toBeGreaterThan(50);
});

describe('npm run config:import', () => {
  const folder = mkdtempSync(join(tmpdir(), 'config-import-'));
  const source = join(folder, 'config.conf');
  const out = join(folder, 'config.ts');
  const printed: string[] = [];

  beforeEach(() => {
    printed.length = 0;
    process.exitCode = undefined;
    const print = (text: unknown): boolean => printed.push(String(text)) > 0;
    jest.spyOn(console, 'log').mockImplementation(print);
    jest.spyOn(console, 'error').mockImplementation(print);
    jest.spyOn(process.stdout, 'write').mockImplementation(print);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    process.exitCode = undefined;
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('prints the config', () => {
    writeFileSync(source, conf());
    run([source]);
    expect(process.exitCode).toBeUndefined();
    expect(printed.join('')).toBe(configSource(readSettings(conf()), './charts/config'));
  });

  test('writes it to the given file, with the import path of the types from there', () => {
    writeFileSync(source, conf());
    run([source, '--out', out]);
    expect(process.exitCode).toBeUndefined();
    expect(readFileSync(out, 'utf8')).toMatch(/^import type { Config } from '(\.\.\/)+.*charts\/config';\n/);
    expect(printed.join('')).toBe(`${out}: written. Next: npm run synth -- --config ${out}`);
  });

  test('replaces a file only with --force', () => {
    writeFileSync(source, conf());
    writeFileSync(out, 'mine');
    run([source, '--out', out]);
    expect([process.exitCode, readFileSync(out, 'utf8')]).toEqual([1, 'mine']);
    expect(printed.join('')).toBe(`${out}: exists already (give another name, or --force to replace it)`);
    process.exitCode = undefined;
    run([source, '--out', out, '--force']);
    expect(process.exitCode).toBeUndefined();
    expect(readFileSync(out, 'utf8')).not.toBe('mine');
  });

  test('lists every problem, ends with exit code 1 and writes nothing', () => {
    writeFileSync(source, conf({ MLFLOW_PORT: '80', S3_IP: 'your_minio_s3_ip' }));
    rmSync(out, { force: true });
    run([source, '--out', out]);
    expect(process.exitCode).toBe(1);
    expect(existsSync(out)).toBe(false);
    expect(printed.join('')).toContain('has 2 problems:');
    expect(printed.join('')).toMatch(
      /\n {2}line 2: S3_IP: .*\n {2}line 5: MLFLOW_PORT: 80 — .*\nNothing was written\.$/,
    );
  });

  test.each<[string, string[], string | RegExp]>([
    ['without a file', [], /^Give one config\.conf\.\n\nUsage: /],
    ['with two files', ['a', 'b'], /^Give one config\.conf\.\n\nUsage: /],
    ['with a file that does not exist', [join(folder, 'nowhere')], /nowhere: no such file\. Give the config\.conf/],
    ['with an unknown option', ['--frce'], /--frce.*\n\nUsage: /s],
  ])('%s says what to do and ends with exit code 1', (_, args, message) => {
    run(args);
    expect(process.exitCode).toBe(1);
    expect(printed.join('')).toMatch(message);
  });

  test('--help prints how to use it', () => {
    run(['--help']);
    expect(process.exitCode).toBeUndefined();
    expect(printed.join('')).toMatch(/^Usage: npm run config:import -- FILE/);
  });
});
