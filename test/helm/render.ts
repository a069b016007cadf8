import { devNull } from 'node:os';
import path from 'node:path';
import { loadAll } from 'js-yaml';
import { helmBinary } from '../../lib/helm/binary';
import { shortLived } from '../../lib/helm/process';
import { run as runProgram } from '../support/cli';

/** One object of the rendered output. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  // What lies below differs from kind to kind; the assertions of a test are its type check.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly [field: string]: any;
}

export interface RenderOptions {
  readonly release: string;
  readonly namespace: string;
  /** Given as a values file, so that types survive. @default {} */
  readonly values?: object;
  /** @default - the version that helm itself was built for */
  readonly kubeVersion?: string;
}

const rendered = new Map<string, Promise<readonly KubeObject[]>>();

/**
 * Renders the bundled chart `helm/<name>` as a client would see it on an empty cluster, CRDs included; once for each test
 * file.
 *
 * @throws Error with everything that helm wrote to stderr, when helm refuses.
 */
export function renderChart(name: string, options: RenderOptions): Promise<readonly KubeObject[]> {
  const key = JSON.stringify([name, options]);
  const objects = rendered.get(key) ?? renderAnew(name, options);
  rendered.set(key, objects);
  return objects;
}

async function renderAnew(name: string, { release, namespace, values = {}, kubeVersion }: RenderOptions) {
  const chart = path.resolve(__dirname, '../../helm', name);
  const args = ['template', release, chart, '--namespace', namespace, '--include-crds', '--values', '-'];
  if (kubeVersion) args.push('--kube-version', kubeVersion);
  const manifest = await run(await helmBinary(), args, JSON.stringify(values));
  return loadAll(manifest).filter((document): document is KubeObject => document !== null && document !== undefined);
}

/** The only object of that kind and name; throws with the list of what is there instead. */
export function findObject(objects: readonly KubeObject[], kind: string, name: string): KubeObject {
  const found = objects.filter((object) => object.kind === kind && object.metadata.name === name);
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const present = objects.map((object) => `${object.kind}/${object.metadata.name}`).join(', ');
  throw new Error(`${found.length} objects ${kind}/${name}, expected one. Rendered: ${present}`);
}

async function run(binary: string, args: readonly string[], input: string): Promise<string> {
  // No kubeconfig and no HELM_ variable of the developer may change what a test sees.
  const env = { ...shortLived, PATH: process.env.PATH, KUBECONFIG: devNull };
  const { code, stdout, stderr } = await runProgram(binary, args, { env, bare: true, input });
  if (code !== 0) throw new Error(`${binary} ${args.join(' ')} exited with ${code ?? 'a signal'}:\n${stderr}`);
  return stdout;
}
