import Ajv, { type AnySchema } from 'ajv';
import fc from 'fast-check';
import type { Schema } from '../../../lib/schema/schema';
import { validate } from '../../../lib/schema/validate';

const ajv = new Ajv({ strict: false, logger: false });

/**
 * The same judgement as ajv's wherever the two mean the same. The differences of structural schemas are written out for
 * ajv: fields must be declared, `null` is dropped first, and int-or-string is two types.
 */
test('random values are judged against random schemas as ajv judges them', () => {
  const verdicts: boolean[] = [];
  const cases = schemas.chain((schema) =>
    fc.tuple(fc.constant(schema), fc.array(valuesFor(schema), { minLength: 10, maxLength: 10 })),
  );
  fc.assert(
    fc.property(cases, ([schema, values]) => {
      const oracle = ajv.compile(forAjv(schema, true));
      for (const value of values) {
        const expected = oracle(withoutNulls(value, schema)) === true;
        verdicts.push(expected);
        const problems = validate(value, schema);
        expect({ value, valid: problems.length === 0, problems }).toMatchObject({ valid: expected });
      }
    }),
    { numRuns: 400 },
  );
  // Neither verdict may be a rarity, or the comparison says little.
  const valid = verdicts.filter(Boolean).length / verdicts.length;
  expect(valid).toBeGreaterThan(0.2);
  expect(valid).toBeLessThan(0.8);
});

const keys = fc.constantFrom('a', 'b', 'c');
const words = fc.constantFrom('', 'a', 'ab', 'abc', 'x1');
const numbers = fc.constantFrom(-1, 0, 1, 2, 2.5, 10);

/** Value rules alone, as they stand inside `anyOf` and its like. */
const rules: fc.Arbitrary<Schema> = fc.oneof(
  fc.record({ required: fc.uniqueArray(keys, { minLength: 1, maxLength: 2 }) }),
  fc.record({
    properties: fc.dictionary(keys, fc.oneof(fc.record({ minimum: numbers }), fc.record({ enum: fc.tuple(words) })), {
      maxKeys: 2,
    }),
  }),
  fc.record({ pattern: fc.constantFrom('^a', 'b$') }),
  fc.record({ minimum: numbers }),
  fc.record({ maxItems: fc.nat(2) }),
);

const alternatives = fc.record(
  {
    allOf: fc.array(rules, { minLength: 1, maxLength: 2 }),
    anyOf: fc.array(rules, { minLength: 1, maxLength: 3 }),
    oneOf: fc.array(rules, { minLength: 1, maxLength: 3 }),
    not: rules,
  },
  { requiredKeys: [] },
);

const { schema: schemas } = fc.letrec<{ schema: Schema }>((tie) => {
  const withAlternatives = (plain: fc.Arbitrary<Schema>): fc.Arbitrary<Schema> =>
    fc.oneof(
      { weight: 4, arbitrary: plain },
      fc.tuple(plain, alternatives).map(([a, b]) => ({ ...a, ...b })),
    );
  const optional: { requiredKeys: 'type'[] } = { requiredKeys: ['type'] };
  const nullable = fc.boolean();
  return {
    schema: withAlternatives(
      fc.oneof(
        { maxDepth: 3 },
        fc.record(
          {
            type: fc.constant('string'),
            nullable,
            enum: fc.uniqueArray(words, { minLength: 1 }),
            minLength: fc.nat(2),
            maxLength: fc.nat(3),
            pattern: fc.constantFrom('^a', 'b$', '[0-9]'),
          },
          optional,
        ),
        fc.record(
          {
            type: fc.constantFrom('integer', 'number'),
            nullable,
            minimum: numbers,
            maximum: numbers,
            exclusiveMinimum: fc.boolean(),
            exclusiveMaximum: fc.boolean(),
            multipleOf: fc.constantFrom(1, 2, 0.5),
          },
          optional,
        ),
        fc.record({ type: fc.constant('boolean'), nullable }),
        fc.record({ 'x-kubernetes-int-or-string': fc.constant(true), nullable }),
        fc.record(
          { type: fc.constant('array'), nullable, items: tie('schema'), minItems: fc.nat(2), maxItems: fc.nat(3) },
          { requiredKeys: ['type', 'items'] },
        ),
        fc.record(
          {
            type: fc.constant('object'),
            nullable,
            properties: fc.dictionary(keys, tie('schema'), { maxKeys: 3 }),
            required: fc.uniqueArray(keys, { maxLength: 2 }),
            minProperties: fc.nat(2),
            maxProperties: fc.nat(3),
            'x-kubernetes-preserve-unknown-fields': fc.constant(true),
          },
          optional,
        ),
        fc.record({ type: fc.constant('object'), nullable, additionalProperties: tie('schema') }, optional),
      ),
    ),
  };
});

// No huge numbers: ajv finds a multiple only while parseInt can read it back.
const strangers = fc.constantFrom<unknown>('x', 7, -0.5, true, [], ['a', null], {}, { a: 1 }, { a: null, z: {} });

/** Values of about the right shape: a wrong one now and then, at any depth. */
function valuesFor(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 12, arbitrary: shaped(schema) }, strangers, fc.constant(null));
}

function shaped(schema: Schema): fc.Arbitrary<unknown> {
  if (schema['x-kubernetes-int-or-string'] === true) return fc.oneof(numbers, words);
  switch (schema.type) {
    case 'string':
      return words;
    case 'boolean':
      return fc.boolean();
    case 'array':
      // A null in a list is an error for us and for ajv, but not droppable: it stays.
      return fc.array(valuesFor(schema.items ?? {}), { maxLength: 3 });
    case 'object': {
      const { properties, additionalProperties } = schema;
      if (typeof additionalProperties === 'object')
        return fc.dictionary(keys, valuesFor(additionalProperties), { maxKeys: 3 });
      const fields = Object.entries(properties ?? {}).map(([key, inner]) => [key, valuesFor(inner)] as const);
      const declared = fc.record(Object.fromEntries(fields), { requiredKeys: [] });
      const extra = fc.oneof({ weight: 6, arbitrary: fc.constant({}) }, fc.constant({ d: { e: 1 } }));
      return fc.tuple(declared, extra).map(([a, b]) => ({ ...a, ...b }));
    }
    default:
      return numbers;
  }
}

function forAjv(schema: Schema, declaring: boolean): AnySchema {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, properties, items, additionalProperties, ...rest } =
    schema;
  const each = (forms: readonly Schema[] | undefined): AnySchema[] | undefined =>
    forms?.map((form) => forAjv(form, false));
  const closed = declaring && schema.type === 'object' && schema['x-kubernetes-preserve-unknown-fields'] !== true;
  const result = {
    ...rest,
    ...(schema['x-kubernetes-int-or-string'] === true && { type: ['integer', 'string'] }),
    ...(minimum !== undefined && { [exclusiveMinimum === true ? 'exclusiveMinimum' : 'minimum']: minimum }),
    ...(maximum !== undefined && { [exclusiveMaximum === true ? 'exclusiveMaximum' : 'maximum']: maximum }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([key, inner]) => [key, forAjv(inner, declaring)])),
    }),
    ...(items && { items: forAjv(items, declaring) }),
    ...(closed && { additionalProperties: false }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: forAjv(additionalProperties, declaring) }),
    ...(schema.allOf && { allOf: each(schema.allOf) }),
    ...(schema.anyOf && { anyOf: each(schema.anyOf) }),
    ...(schema.oneOf && { oneOf: each(schema.oneOf) }),
    ...(schema.not && { not: forAjv(schema.not, false) }),
  };
  // Where null is allowed, no other rule is asked.
  return schema.nullable === true ? { anyOf: [{ const: null }, { ...result, nullable: false }] } : result;
}

/** Leaves out the fields that are null and may not be, as the API server does before it validates. */
function withoutNulls(value: unknown, schema: Schema | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, schema?.items));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([key, inner]) => inner !== null || schema?.properties?.[key] === undefined || schema.properties[key].nullable,
      )
      .map(([key, inner]) => [key, withoutNulls(inner, schema?.properties?.[key] ?? additional(schema))]),
  );
}

function additional(schema: Schema | undefined): Schema | undefined {
  return typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined;
}
