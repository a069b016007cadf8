/**
 * Writes `imports/kubernetes.json`: the fields of every built-in kind, their types, and which are required.
 *
 * The data comes from two public packages, each of which lacks what the other has. The official JavaScript client has
 * the structure, the required fields, the number formats and, in its paths, the scope of every kind. kubernetes-models
 * has the enums and tells which strings are quantities. Both are fetched by digest, and none of their text is kept.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { KubernetesTypes } from '../lib/schema/kubernetes';

const client = {
  spec: '@kubernetes/client-node@2.0.1',
  integrity: 'sha512-evJgmEtgArEYlj6DNkMGjK41IrFK/hEwb5lWVxx0VRBWybQpnvi+2TtA19mLgVfRHfqX5yjHObX6e9W7LEZBjw==',
};
const models = {
  spec: 'kubernetes-models@5.1.0',
  integrity: 'sha512-ym4Kiyr8BzGIWj4f853ytVYES1B8C1BdONRP5zodItPD1o//OEKuTwC5nFV3ZJtFGeMqOFbIYkpunSVXSlHS8g==',
};

/** What neither package says. The API server masks nothing here, but our error messages must. */
const overrides: Readonly<Record<string, string>> = { 'V1Secret.stringData': '{password}' };

interface Attribute {
  readonly name: string;
  readonly baseName: string;
  readonly type: string;
  readonly format: string;
}

interface Model {
  readonly attributeTypeMap?: readonly Attribute[];
}

type Classes = Readonly<Record<string, Model>>;

type Refinements = ReadonlyMap<string, ReadonlyMap<string, string>>;

interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly type: string;
  readonly namespaced: boolean;
}

const output = join(__dirname, '../imports/kubernetes.json');

async function main(): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'import-kubernetes-'));
  try {
    const clientFolder = join(download(client, work), 'dist/gen');
    const refinements = readRefinements(download(models, work));
    const classes = (await import(pathToFileURL(join(clientFolder, 'models/all.js')).href)) as Classes;
    const kinds = readKinds(join(clientFolder, 'apis'));
    const types: Record<string, Record<string, string>> = {};
    const collect = (type: string): void => {
      if (types[type] !== undefined) return;
      const fields = (types[type] = readFields(type, clientFolder, classes, refinements));
      for (const expression of Object.values(fields)) {
        const inner = expression.replace(/[[\]{}]/g, '');
        if (classes[inner] !== undefined) collect(inner);
      }
    };
    kinds.forEach(({ type }) => {
      collect(type);
    });
    const scoped = (namespaced: boolean): Record<string, Record<string, string>> => {
      const result: Record<string, Record<string, string>> = {};
      for (const kind of kinds.filter((candidate) => candidate.namespaced === namespaced)) {
        (result[kind.apiVersion] ??= {})[kind.kind] = kind.type;
      }
      return result;
    };
    const file: KubernetesTypes = {
      kubernetes: readRelease(clientFolder),
      namespaced: scoped(true),
      clusterScoped: scoped(false),
      types,
    };
    writeFileSync(output, format(file));
    console.log(`${output}: Kubernetes ${file.kubernetes}, ${kinds.length} kinds, ${Object.keys(types).length} types`);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Fetches a package from the registry without installing it, and returns the folder of its files. */
function download(pin: { readonly spec: string; readonly integrity: string }, into: string): string {
  const folder = mkdtempSync(join(into, 'package-'));
  const report = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder, pin.spec], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [packed] = JSON.parse(report) as { readonly filename: string; readonly integrity: string }[];
  if (packed?.integrity !== pin.integrity) {
    throw new Error(
      `${pin.spec}: the registry's digest is ${packed?.integrity ?? 'missing'}, pinned is ${pin.integrity}`,
    );
  }
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? packed.filename;
  execFileSync('tar', ['--extract', '--gzip', '--file', join(folder, archive), '--directory', folder]);
  return join(folder, 'package');
}

/** `1.36`, from the banner of a generated file. */
function readRelease(folder: string): string {
  const release = /OpenAPI spec version: release-(\S+)/.exec(
    readFileSync(join(folder, 'models/V1Pod.js'), 'utf8'),
  )?.[1];
  if (release === undefined) throw new Error(`${client.spec}: models/V1Pod.js no longer names its Kubernetes release`);
  return release;
}

/**
 * Every stored kind of a stable API, recognized by its replace operation; reviews and bindings can only be created. The
 * path tells group, version and scope.
 */
function readKinds(folder: string): Kind[] {
  const operation = /async replace(?:Namespaced)?(\w+)\(name,.*?localVarPath = '([^']+)'.*?serialize\(body, "(\w+)"/gs;
  const whole = /^\/apis?\/((?:[^/]+\/)?v\d+)\/(namespaces\/\{namespace\}\/)?[a-z]+\/\{name\}$/;
  return readdirSync(folder)
    .filter((file) => /V\d+Api\.js$/.test(file))
    .flatMap((file) => [...readFileSync(join(folder, file), 'utf8').matchAll(operation)])
    .flatMap(([, kind = '', path = '', type = '']) => {
      const [match, apiVersion = '', namespaces] = whole.exec(path) ?? [];
      return match === undefined ? [] : [{ apiVersion, kind, type, namespaced: namespaces !== undefined }];
    });
}

/** Fields of one of the client's classes, as type expressions; see `KubernetesTypes.types` for the notation. */
function readFields(type: string, folder: string, classes: Classes, refinements: Refinements): Record<string, string> {
  const declaration = readFileSync(join(folder, `models/${type}.d.ts`), 'utf8');
  const fields: Record<string, string> = {};
  for (const { name, baseName, type: declared, format } of classes[type]?.attributeTypeMap ?? []) {
    const expression = declared
      .replaceAll('Array<', '[')
      .replaceAll('>', ']')
      .replace(/\{ \[key: string\]: (.+); \}/, '{$1}');
    const innermost = expression.replace(/[[\]{}]/g, '');
    const refined = refinements.get(type)?.get(baseName) ?? (format || innermost);
    const required = declaration.includes(`    '${name}': `);
    fields[required ? `${baseName}!` : baseName] =
      overrides[`${type}.${baseName}`] ?? expression.replace(innermost, refined);
  }
  return fields;
}

/** Enums and quantities, by the client's class name and the field name. */
function readRefinements(folder: string): Refinements {
  const refinements = new Map<string, ReadonlyMap<string, string>>();
  const ambiguous = new Set<string>();
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const [, group = 'core', version, name] = /^(?:([a-z]+)[^/]*\/)?v(\d+)\/(\w+)\.d\.ts$/.exec(path) ?? [];
    if (version === undefined || name === undefined || name === 'index') continue;
    const fields = readRefinedFields(readFileSync(join(folder, path), 'utf8'));
    const short = `V${version}${name}`;
    if (refinements.has(short)) ambiguous.add(short);
    refinements.set(short, fields);
    refinements.set(`${group.charAt(0).toUpperCase()}${group.slice(1)}${short}`, fields);
  }
  // The client adds the group to exactly these names.
  ambiguous.forEach((name) => refinements.delete(name));
  return refinements;
}

function readRefinedFields(declaration: string): ReadonlyMap<string, string> {
  const code = declaration.replace(/\/\*\*.*?\*\//gs, '').split('export declare class')[0] ?? '';
  const fields = new Map<string, string>();
  for (const [, name = '', type = ''] of code.matchAll(/^ {4}"([^"]+)"\??: (?:\{\s*\[key: string\]: )?([^;{]+);/gm)) {
    const values = [...type.matchAll(/"([^"]*)"/g)].map(([, value = '']) => value);
    if (type.endsWith('ApiResourceQuantity')) fields.set(name, 'quantity');
    else if (values.length > 0) fields.set(name, `=${values.join('|')}`);
  }
  return fields;
}

/** One line per kind or type, so that the diff of a new Kubernetes release shows the new fields. */
function format(file: KubernetesTypes): string {
  const sorted = (map: Readonly<Record<string, unknown>>): [string, unknown][] =>
    Object.entries(map).sort(([left], [right]) => (left < right ? -1 : 1));
  const line = (map: object): string => JSON.stringify(Object.fromEntries(sorted({ ...map })));
  const block = (map: Readonly<Record<string, object>>): string =>
    sorted(map)
      .map(([name, value]) => `    ${JSON.stringify(name)}: ${line(value as object)}`)
      .join(',\n');
  return `{
  "kubernetes": ${JSON.stringify(file.kubernetes)},
  "namespaced": {\n${block(file.namespaced)}\n  },
  "clusterScoped": {\n${block(file.clusterScoped)}\n  },
  "types": {\n${block(file.types)}\n  }
}
`;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
