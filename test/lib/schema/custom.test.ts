import { customSchemas } from '../../../lib/schema/custom';
import type { Schema } from '../../../lib/schema/schema';
import { validate } from '../../../lib/schema/validate';

function widgetDefinition(openAPIV3Schema: Schema | undefined) {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      names: { kind: 'Widget', plural: 'widgets' },
      scope: 'Namespaced',
      versions: [
        { name: 'v1', served: true, storage: true, ...(openAPIV3Schema && { schema: { openAPIV3Schema } }) },
        { name: 'v1alpha1', served: false, storage: false },
      ],
    },
  };
}

/** Validates a widget with this spec, where the CRD has this schema for `spec`. */
function validateSpec(spec: unknown, schema: Schema): string[] {
  return validateWidget({ metadata: { name: 'w' }, spec }, { type: 'object', properties: { spec: schema } });
}

function validateWidget(widget: Readonly<Record<string, unknown>>, schema: Schema | undefined): string[] {
  const found = customSchemas(widgetDefinition(schema)).get('example.com/v1/Widget');
  if (found === undefined) throw new Error('no schema for example.com/v1/Widget');
  return validate({ apiVersion: 'example.com/v1', kind: 'Widget', ...widget }, found);
}

test('only served versions have a schema: the API server knows no other', () => {
  expect([...customSchemas(widgetDefinition({ type: 'object' })).keys()]).toEqual(['example.com/v1/Widget']);
});

test('metadata is an ObjectMeta, however little the CRD says about it', () => {
  const metadata = { name: 'w', labels: { on: true }, lables: {} };
  const problems = [
    'metadata.labels.on: true is a boolean, must be a string (write "true")',
    'metadata.lables: unknown field (did you mean labels?)',
  ];
  expect(validateWidget({ metadata }, { type: 'object', properties: { metadata: { type: 'object' } } })).toEqual(
    problems,
  );
  expect(validateWidget({ metadata }, { type: 'object' })).toEqual(problems);
});

test('what two rules find is reported once', () => {
  expect(validateWidget({ metadata: 'w' }, { type: 'object' })).toEqual([
    'metadata: "w" is a string, must be an object',
  ]);
});

test('the CRD may narrow the name', () => {
  const metadata = { type: 'object', properties: { name: { type: 'string', maxLength: 3 } } };
  expect(
    validateWidget({ metadata: { name: 'long', labels: {} } }, { type: 'object', properties: { metadata } }),
  ).toEqual(['metadata.name: "long" has 4 characters, may have at most 3']);
});

test('an object without a name cannot be applied', () => {
  expect(validateWidget({}, { type: 'object' })).toEqual(['metadata: missing']);
  expect(validateWidget({ metadata: { namespace: 'n' } }, { type: 'object' })).toEqual(['metadata.name: missing']);
  expect(validateWidget({ metadata: { name: null } }, { type: 'object' })).toEqual(['metadata.name: missing']);
});

test('a version without a schema takes any field, but no odd metadata', () => {
  expect(validateWidget({ metadata: { name: 'w', x: 1 }, anything: { goes: [1] } }, undefined)).toEqual([
    'metadata.x: unknown field',
  ]);
});

test('unknown fields are found inside lists and maps too, and inside an object that declares none', () => {
  const item: Schema = { type: 'object', properties: { a: { type: 'string' } } };
  const schema: Schema = {
    type: 'object',
    properties: {
      list: { type: 'array', items: item },
      map: { type: 'object', additionalProperties: item },
      empty: { type: 'object' },
      loose: { type: 'object', additionalProperties: true },
    },
  };
  expect(
    validateSpec(
      { list: [{ a: 'x' }, { b: 1 }], map: { k: { b: 1 } }, empty: { b: 1 }, loose: { k: { b: 1 } } },
      schema,
    ),
  ).toEqual([
    'spec.list[1].b: unknown field',
    'spec.map.k.b: unknown field',
    'spec.empty.b: unknown field',
    'spec.loose.k.b: unknown field',
  ]);
});

test('where unknown fields are preserved, the declared ones are still checked', () => {
  const schema: Schema = {
    type: 'object',
    'x-kubernetes-preserve-unknown-fields': true,
    properties: {
      known: { type: 'object', properties: { a: { type: 'string' } } },
      free: { 'x-kubernetes-preserve-unknown-fields': true },
    },
  };
  expect(validateSpec({ other: { deep: [{}] }, free: [{ a: 1 }], known: { a: 1, b: 2 } }, schema)).toEqual([
    'spec.known.a: 1 is a number, must be a string (write "1")',
    'spec.known.b: unknown field',
  ]);
});

test('an embedded resource has apiVersion, kind and metadata, declared or not', () => {
  const schema: Schema = {
    type: 'object',
    'x-kubernetes-embedded-resource': true,
    'x-kubernetes-preserve-unknown-fields': true,
  };
  expect(validateSpec({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { any: 1 } }, schema)).toEqual(
    [],
  );
  expect(validateSpec({ kind: '', metadata: { lables: {} } }, schema)).toEqual([
    'spec.apiVersion: missing',
    'spec.kind: "" has 0 characters, must have at least 1',
    'spec.metadata.lables: unknown field (did you mean labels?)',
  ]);
});

test('null is absent, unless the schema says nullable', () => {
  const schema: Schema = {
    type: 'object',
    required: ['must'],
    properties: { may: { type: 'string' }, must: { type: 'string' }, mayBeNull: { type: 'string', nullable: true } },
  };
  expect(validateSpec({ may: null, must: null, mayBeNull: null }, schema)).toEqual(['spec.must: missing']);
  const nullable: Schema = { ...schema, properties: { must: { type: 'string', nullable: true } } };
  expect(validateSpec({ must: null }, nullable)).toEqual([]);
});

test('a required field that has a default may be left out', () => {
  const port: Schema = { type: 'integer', default: 80 };
  expect(validateSpec({}, { type: 'object', required: ['port'], properties: { port } })).toEqual([]);
});

test('a list of type map identifies its items by its keys, defaults included', () => {
  const properties: Schema['properties'] = { port: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' } };
  const schema: Schema = {
    type: 'array',
    items: { type: 'object', properties },
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['port', 'protocol'],
  };
  expect(validateSpec([{ port: 1 }, { port: 1, protocol: 'UDP' }, { port: 2 }], schema)).toEqual([]);
  expect(validateSpec([{ port: 1 }, { port: 1, protocol: 'TCP' }, null], schema)).toEqual([
    'spec[2]: is null, must be an object',
    'spec[1]: repeats port and protocol of item 0',
  ]);
});

test('a list of type set has no value twice', () => {
  const schema: Schema = { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' };
  expect(validateSpec(['a', 'b', 'a'], schema)).toEqual(['spec[2]: repeats the value of item 0']);
});

test('an alternative says what each form lacks, and which forms exclude each other', () => {
  const schema: Schema = {
    type: 'object',
    properties: { url: { type: 'string' }, service: { type: 'string' } },
    oneOf: [{ required: ['url'] }, { required: ['service'] }],
  };
  expect(validateSpec({ url: 'x' }, schema)).toEqual([]);
  expect(validateSpec({}, schema)).toEqual([
    'spec: fits none of the allowed forms (spec.url: missing; or spec.service: missing)',
  ]);
  expect(validateSpec({ url: 'x', service: 'y' }, schema)).toEqual([
    'spec: mixes forms that exclude each other (with url; with service)',
  ]);
  expect(validateSpec({ url: 'x' }, { ...schema, oneOf: undefined, not: { required: ['url'] } })).toEqual([
    'spec: has a form that is not allowed (with url)',
  ]);
});

test('a port may be a number or a name, but no fraction', () => {
  const schema: Schema = { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] };
  expect(validateSpec(80, schema)).toEqual([]);
  expect(validateSpec('http', schema)).toEqual([]);
  expect(validateSpec(80.5, schema)).toEqual(['spec: 80.5 is a number, must be an integer or a string']);
});

test.each<[string, Schema, string[], string[]]>([
  ['byte', {}, ['', 'Zm9v', 'Zm8='], ['Zm9', 'a b=']],
  ['cidr', {}, ['10.0.0.0/8', 'fd00::/64'], ['10.0.0.0', '10.0.0.0/33', 'x/8']],
  ['date', {}, ['2024-02-29'], ['2024-13-01', '29.2.2024']],
  ['date-time', {}, ['2024-02-29T12:00:00Z', '2024-02-29T12:00:00.5+01:00'], ['2024-02-29', '2024-02-29T25:00:00Z']],
  ['ipv4', {}, ['10.0.0.1'], ['10.0.0.256', '::1']],
  ['ipv6', {}, ['::1'], ['10.0.0.1']],
  ['uuid', {}, ['123E4567-e89b-12d3-a456-426614174000'], ['123']],
  ['pattern', { pattern: '^a+$' }, ['aa'], ['ab']],
  ['a pattern of Go that JavaScript cannot read', { pattern: '^(?i)a$' }, ['A', 'b'], []],
  ['an unknown format', { format: 'flavour' }, ['any'], []],
  ['minLength, in characters rather than in UTF-16 units', { minLength: 2 }, ['ab', '😀😀'], ['a', '😀']],
])('strings: %s', (name, keywords, good, bad) => {
  const schema: Schema = { type: 'string', ...(Object.keys(keywords).length === 0 ? { format: name } : keywords) };
  expect(good.filter((value) => validateSpec(value, schema).length > 0)).toEqual([]);
  expect(bad.filter((value) => validateSpec(value, schema).length === 0)).toEqual([]);
});
