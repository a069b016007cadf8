import { inProse, inReadme, modules, ofChart, recordedAs, type Versioned } from './version-names';

/** What mentions of one kind look like. */
export interface Kind {
  readonly what: string;
  /** Paths of the files that are looked into. */
  readonly files: RegExp;
  readonly text: RegExp;
  /**
   * The programs of a mention and the version that it gives each, from the groups of `text`; undefined for one that is
   * not known. `nth` counts the mentions in a file, from 0.
   */
  readonly read: (
    groups: readonly string[],
    file: string,
    nth: number,
  ) => readonly (readonly [program: Versioned | undefined, version: string])[];
  /** Whether the first numbers of a version are enough, as in "Istio 1.17". @default false */
  readonly short?: true;
}

const anyOf = (names: object): string => Object.keys(names).join('|');

export const kinds: readonly Kind[] = [
  {
    what: 'the prose',
    files: /(^|\/)(README\.md|Dockerfile|requirements\.in)$|^docs\/(?!upgrading\.).*\.md$/, // That page compares versions.
    text: new RegExp(`\\b(${anyOf(inProse)}) ?(\\d{4}-\\d\\d-\\d\\d|\\d+(?:\\.\\d+)+)(?!\\.?\\d|, \`)`, 'g'),
    read: ([name = '', found = '']) => [[inProse[name], found]],
    short: true,
  },
  {
    what: 'the table of README.md',
    files: /^README\.md$/,
    text: /^\| `(\d\d-[\w*-]+)\.yaml`.*\| +(\d\S*(?:, \d\S*)*) +\|$/gm,
    read: ([row = '', cell = '']) => cell.split(', ').map((found, index) => [inReadme[row]?.[index], found]),
  },
  {
    what: 'the comments of what runs in the image of Prefect',
    files: /\.py$/,
    text: /in the image of Prefect (\d[\d.]*\d)/g,
    read: ([found = '']) => [['prefect', found]],
  },
  {
    what: 'the Python requirements',
    files: /\.(in|txt|lock|toml)$|(^|\/)test_\w+\.py$/,
    text: /\b(mlflow|prefect)==(\d[\w.]*)/g,
    // The example's client goes with its server and with Prefect, and tests open what those of before have written.
    read: ([name = '', found = ''], file) =>
      file.startsWith('test/') || (name === 'mlflow' && file.startsWith('examples/'))
        ? []
        : [[name as 'mlflow' | 'prefect', found]],
  },
  {
    what: 'the comments on the image of Prefect',
    files: /\.toml$/,
    text: /prefecthq\/prefect:([\w.-]+)/g,
    read: ([found = '']) => [['prefect', found]],
  },
  {
    what: 'the project of the detector',
    files: /(^|\/)drift\/pyproject\.toml$/,
    text: /^version = "(.*)"$/gm,
    read: ([found = '']) => [
      ['driftDetector', found],
      ['modelInitializer', found],
    ],
  },
  {
    what: 'the broker of the Python tests',
    files: /(^|\/)drift\/tests\/.*pom\.xml$/,
    text: /<artifactId>kafka_[\d.]+<\/artifactId>\s*<version>(.*?)</g,
    read: ([found = '']) => [['kafka', found]],
  },
  {
    // Of each only in the folder that is named after it: others bring it along. Prometheus 3.13.5 is published as the
    // module of version 0.313.5.
    what: 'the Go modules of programs that tests run',
    files: /(^|\/)tools\/[\w-]+\/go\.mod$/,
    text: new RegExp(`^(?:require |\\t)(${anyOf(modules)}) (v\\S+)`, 'gm'),
    read: ([module = '', found = ''], file) => {
      const image = file.split('/').at(-2) === modules[module]?.folder ? modules[module]?.image : undefined;
      if (image === undefined) return [];
      return [[image, image === 'prometheus' ? found.replace(/^v0\.(\d)(\d\d)\./, 'v$1.$2.') : found]];
    },
  },
  {
    what: 'what test:loop says that it does not show',
    files: /(^|\/)loop\/teardown\.ts$/,
    text: /, for ([\d.]+);[^]*MinIO ([\d-]+),/g,
    read: ([postgresql = '', minio = '']) => [
      ['postgresql', postgresql],
      ['standInForSilo', minio],
    ],
  },
  {
    what: 'the recorded metrics',
    files: /(^|\/)metrics\/recorded\/.*\.json$/,
    text: /"program": "(?!kubelet")(.*)",\s*"version": "(.*)"/g,
    read: ([program = '', found = '']) => [[recordedAs(program), found]],
  },
  {
    // What the Jobs run in that image is compiled for its Node.js.
    what: 'the target of what Jobs run',
    files: /^lib\/.*\.ts$/,
    text: /target: 'node(\d+)'/g,
    read: ([found = '']) => [['node', found]],
    short: true,
  },
  {
    // Examples of overrides.
    what: 'the examples of overrides',
    files: /^(lib\/config|charts)\/.*\.ts$/,
    text: /registry\.example\.org\/(kafka|mlflow):(\d[\d.]*\d)/g,
    read: ([name = '', found = '']) => [[name as 'kafka' | 'mlflow', found]],
  },
  {
    what: 'the appVersion of the Helm charts',
    files: /^helm\/[\w-]+\/Chart\.yaml$/,
    text: /^appVersion: ['"]?([^\s'"]+)/gm,
    read: ([found = ''], file) => [[ofChart(file)[0], found]],
  },
  {
    what: 'the tags in the values of the Helm charts',
    files: /^helm\/[\w-]+\/values\.yaml$/,
    text: /^ *(?:(?:prefectT|t)ag: |image: \S+:)(\S+)$/gm,
    read: ([found = ''], file, nth) => [[ofChart(file)[nth], found]],
  },
  {
    what: 'the defaults in the schemas of the Helm charts',
    files: /^helm\/[\w-]+\/values\.schema\.json$/,
    text: /(?:"default": "(?:[\w./-]+:)?|Default: )(v?\d+\.\d[\w.-]*|RELEASE\.[\w-]+)/g,
    read: ([found = ''], file, nth) => [[ofChart(file)[nth], found.replace(/\.$/, '')]],
  },
  {
    what: "the label of Seldon's definition",
    files: /^helm\/seldon-core-operator\/crds\/.*\.yaml$/,
    text: /app\.kubernetes\.io\/version: (\S+)/g,
    read: ([found = '']) => [['seldonOperator', found]],
  },
];
