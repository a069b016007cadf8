import { didYouMean } from './closest';
import { formats } from './formats';
import type { Schema } from './schema';

/** What is wrong with the type of a value, or undefined. */
export function wrongType(value: unknown, schema: Schema): string | undefined {
  if (schema['x-kubernetes-int-or-string'] === true) {
    return typeof value === 'string' || Number.isInteger(value)
      ? undefined
      : `${describe(value, schema)}, must be an integer or a string`;
  }
  if (schema.type === undefined || hasType(value, schema.type)) return undefined;
  return `${describe(value, schema)}, must be ${withArticle(schema.type)}${rewrite(value, schema)}`;
}

/** What is wrong with a value of the right type: the first violation of enum, format, pattern, length and range. */
export function wrongValue(value: unknown, schema: Schema): string | undefined {
  const problem = wrongOption(value, schema) ?? wrongFormat(value, schema);
  if (problem !== undefined) return problem;
  if (typeof value === 'string') return wrongText(value, schema);
  return typeof value === 'number' ? wrongNumber(value, schema) : undefined;
}

function wrongOption(value: unknown, schema: Schema): string | undefined {
  if (schema.enum === undefined || isAmong(value, schema.enum)) return undefined;
  const names = schema.enum.map((option) => (typeof option === 'string' && option !== '' ? option : show(option)));
  const hint = typeof value === 'string' ? didYouMean(value, names) : '';
  return `${show(value, schema)} is not one of ${names.join(', ')}${hint}`;
}

function wrongFormat(value: unknown, schema: Schema): string | undefined {
  if (schema.format === undefined || !Object.hasOwn(formats, schema.format)) return undefined;
  const format = formats[schema.format];
  return format?.accepts(value) === false ? `${show(value, schema)} is not ${format.description}` : undefined;
}

function wrongText(value: string, schema: Schema): string | undefined {
  const { pattern, minLength, maxLength } = schema;
  if (pattern !== undefined && compile(pattern)?.test(value) === false) {
    return `${show(value, schema)} does not match ${pattern}`;
  }
  if (minLength === undefined && maxLength === undefined) return undefined;
  const bound = outOfBounds(Array.from(value).length, 'characters', minLength, maxLength);
  return bound && `${show(value, schema)} ${bound}`;
}

function wrongNumber(value: number, schema: Schema): string | undefined {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  if (minimum !== undefined && (exclusiveMinimum === true ? value <= minimum : value < minimum)) {
    return `${value} is too small, must be ${exclusiveMinimum === true ? 'more than' : 'at least'} ${minimum}`;
  }
  if (maximum !== undefined && (exclusiveMaximum === true ? value >= maximum : value > maximum)) {
    return `${value} is too large, must be ${exclusiveMaximum === true ? 'less than' : 'at most'} ${maximum}`;
  }
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf))
    return `${value} is not a multiple of ${multipleOf}`;
  return undefined;
}

/** `has 3 items, may have at most 2`, or undefined where the size is within bounds. */
export function outOfBounds(size: number, unit: string, least?: number, most?: number): string | undefined {
  if (least !== undefined && size < least) return `has ${size} ${unit}, must have at least ${least}`;
  if (most !== undefined && size > most) return `has ${size} ${unit}, may have at most ${most}`;
  return undefined;
}

/** `"3" is a string`. Omits the value where it may be secret or would fill the screen. */
function describe(value: unknown, schema: Schema): string {
  const shown = typeof value === 'object' ? '' : `${show(value, schema)} `;
  return `${shown}is ${value === null ? 'null' : withArticle(typeName(value))}`;
}

function show(value: unknown, schema: Schema = {}): string {
  if (schema.format === 'password' || schema.format === 'byte') return 'the value';
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) return typeof value;
  return json.length > 80 ? `${json.slice(0, 77)}…` : json;
}

/** How to write the value where YAML has changed its type. */
function rewrite(value: unknown, schema: Schema): string {
  if (schema.format === 'password' || schema.format === 'byte') return '';
  if (schema.type === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    return ` (write "${value}")`;
  }
  const parsed = typeof value === 'string' ? ({ true: true, false: false }[value] ?? Number(value || NaN)) : NaN;
  return schema.type !== undefined && hasType(parsed, schema.type) ? ` (write ${String(parsed)})` : '';
}

function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return Number.isFinite(value);
    default:
      return typeName(value) === type;
  }
}

function typeName(value: unknown): string {
  return Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
}

function withArticle(type: string): string {
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
}

function isAmong(value: unknown, options: readonly unknown[]): boolean {
  if (options.includes(value)) return true;
  return typeof value === 'object' && options.some((option) => JSON.stringify(option) === JSON.stringify(value));
}

/**
 * Undefined for the few patterns of Go's dialect that JavaScript cannot compile, such as `(?i)`; they are not checked.
 */
function compile(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern);
  } catch {
    return undefined;
  }
}
