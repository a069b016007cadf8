import { join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '../../..');
const schema = join(root, 'charts/config.ts');
const program = ts.createProgram([schema], {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  resolveJsonModule: true,
  esModuleInterop: true,
  // No type of the config is of the DOM or of Node.js, and reading those takes most of the time.
  lib: ['lib.es2023.d.ts'],
  types: [],
});
const checker = program.getTypeChecker();

/** What an editor knows of a key of the config. */
interface Key {
  readonly path: string;
  readonly text: string;
  readonly tags: readonly string[];
  readonly isOptional: boolean;
  /** Text or a number: neither an object nor one of a few words. */
  readonly isFree: boolean;
}

function keysOf(type: ts.Type, prefix = ''): Key[] {
  const parts = type.isUnion() ? type.types : [type];
  return parts.flatMap((part) => {
    if (checker.isArrayType(part)) {
      return checker.getTypeArguments(part as ts.TypeReference).flatMap((item) => keysOf(item, `${prefix}[]`));
    }
    if ((part.flags & ts.TypeFlags.Object) === 0) return [];
    return part.getProperties().flatMap((symbol): Key[] => {
      const path = `${prefix}.${symbol.name}`;
      const inner = checker.getTypeOfSymbol(symbol);
      const kinds = inner.isUnion() ? inner.types : [inner];
      const key: Key = {
        path: path.slice(1),
        text: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
        tags: symbol.getJsDocTags(checker).map(({ name }) => name),
        isOptional: (symbol.flags & ts.SymbolFlags.Optional) !== 0,
        isFree: kinds.some(({ flags }) => (flags & (ts.TypeFlags.String | ts.TypeFlags.Number)) !== 0),
      };
      return [key, ...keysOf(inner, path)];
    });
  });
}

function configKeys(): Key[] {
  const source = program.getSourceFile(schema);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  const config =
    module === undefined ? undefined : checker.getExportsOfModule(module).find(({ name }) => name === 'Config');
  if (config === undefined) throw new Error('charts/config.ts exports no type Config');
  const keys = keysOf(checker.getDeclaredTypeOfSymbol(config));
  // The names of components and images are each explained where they are listed.
  return keys.filter(({ path }) => !/^(size|images)\.overrides\.\w+$/.test(path));
}

const keys = configKeys();

test('the type of the config has all its keys', () => {
  const paths = keys.map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining(['cluster.nfs.server', 'services.kafka.expose.brokerPorts', 'models[].drift.window']),
  );
  expect(new Set(paths).size).toBeGreaterThan(90);
});

test('an editor explains every key', () => {
  expect(keys.filter(({ text }) => text.length < 5).map(({ path }) => path)).toEqual([]);
});

test('an editor shows the default of every optional key', () => {
  expect(
    keys.filter(({ isOptional, tags }) => isOptional && !tags.includes('default')).map(({ path }) => path),
  ).toEqual([]);
});

test('an editor shows an example of every text and number', () => {
  expect(keys.filter(({ isFree, tags }) => isFree && !tags.includes('example')).map(({ path }) => path)).toEqual([]);
});
