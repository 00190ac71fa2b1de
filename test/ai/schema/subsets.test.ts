import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { schemaCheck } from '../../../src/ai/answer/index.js';
import { forGoogle, forStrictMode, isWrapped, wrapped } from '../../../src/ai/schema/index.js';
import { compileSchema, type SchemaObject } from '../../../src/config/answer-schema/index.js';
import { strictRefusal } from '../../support/fake-strict-schema.js';

const text = { type: 'string' };
const object = (properties: SchemaObject, more: SchemaObject = {}): SchemaObject => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
});

describe('the subset of JSON Schema that strict mode takes', () => {
  it.each<readonly [string, SchemaObject, SchemaObject]>([
    [
      'uniqueItems',
      { type: 'array', items: text, uniqueItems: true, maxItems: 3 },
      { type: 'array', items: text, maxItems: 3 },
    ],
    ['a format that is not taken', { type: 'string', format: 'uri' }, text],
    ['a format that is', { type: 'string', format: 'date', default: '' }, { type: 'string', format: 'date' }],
    ['lengths', { type: ['string', 'null'], minLength: 1, maxLength: 3 }, { type: ['string', 'null'] }],
    ['look-around', { type: 'string', pattern: '^(?=a)' }, text],
    ['a pattern', { type: 'string', pattern: '^(?:a|b)+$' }, { type: 'string', pattern: '^(?:a|b)+$' }],
    ['values without a type', { enum: ['a', 'b', null] }, { type: ['string', 'null'], enum: ['a', 'b', null] }],
    ['one value', { const: 3 }, { type: 'number', enum: [3] }],
    ['oneOf', { oneOf: [text, { type: 'null' }], title: 'T' }, { anyOf: [text, { type: 'null' }] }],
    ['allOf of one', { allOf: [{ $ref: '#/$defs/t' }], description: 'D' }, { $ref: '#/$defs/t' }],
    ['an object that says nothing of more', { properties: { b: text }, required: ['b'] }, object({ b: text })],
  ])('has %s', (_, given, sent) => {
    const strict = forStrictMode(object({ a: given }, { $defs: { t: text } }));
    expect(strict).toEqual(object({ a: sent }, { $defs: { t: text } }));
    expect(strictRefusal(strict)).toBeUndefined();
  });

  it.each<readonly [string, SchemaObject]>([
    ['an optional property', { ...object({ b: text }), required: [] }],
    ['an open object', { ...object({ b: text }), additionalProperties: true }],
    ['any object', { type: 'object' }],
    ['not', { type: 'string', not: { const: '' } }],
    ['allOf of two', { allOf: [text, { minLength: 1 }] }],
    ['a tuple', { type: 'array', prefixItems: [text] }],
    ['an array of anything', { type: 'array' }],
    ['anything', {}],
    ['true', true as unknown as SchemaObject],
    ['too many values', { enum: Array.from({ length: 1001 }, (_, i) => `${i}`) }],
    ['too long a list', { enum: Array.from({ length: 300 }, (_, i) => `${i}`.padStart(60)) }],
    [
      'too many levels',
      Array.from({ length: 10 }).reduce<SchemaObject>((inner) => ({ type: 'array', items: inner }), text),
    ],
    ['a reference elsewhere', { $ref: 'https://x.org/a' }],
  ])('has not %s', (_, given) => {
    expect(forStrictMode(object({ a: given }))).toBeUndefined();
  });

  it('is what strict mode takes, and allows what the schema allows, for any schema', () => {
    const { schema } = fc.letrec<{ schema: SchemaObject }>((tie) => ({
      schema: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom<SchemaObject>(
          { type: 'integer', minimum: 0 },
          { enum: ['a', 1] },
          { type: 'string', format: 'uri' },
          { const: null },
        ),
        fc
          .dictionary(fc.constantFrom('a', 'b', '$ref', 'enum'), tie('schema'), { minKeys: 1 })
          .map((properties) => object(properties)),
        fc.record({ type: fc.constant('array'), items: tie('schema'), uniqueItems: fc.boolean() }),
        fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ oneOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
      ),
    }));
    fc.assert(
      fc.property(schema, (given) => {
        const strict = forStrictMode(wrapped(given));
        expect(strict && strictRefusal(strict)).toBeUndefined();
        expect(strict).toBeDefined();
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});

describe('a schema whose root is not a plain object', () => {
  it.each<readonly [SchemaObject]>([
    [{ enum: ['good', 'bad'] }],
    [{ type: 'array', items: text }],
    [{ type: 'object', anyOf: [object({ a: text }), object({ b: text })] }],
    [{ $ref: '#/$defs/t', $defs: { t: text } }],
    [{}],
  ])('%j is wrapped', (schema) => {
    expect(isWrapped(schema)).toBe(true);
    expect(wrapped(schema)).toMatchObject({ type: 'object', required: ['value'], additionalProperties: false });
  });

  it.each([[object({ a: text })], [{ properties: { a: text } }], [{ type: 'object', allOf: [] }], [true]])(
    '%j is not',
    (schema) => {
      expect(isWrapped(schema)).toBe(false);
    },
  );

  it('keeps its references', async () => {
    const tree = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'array',
      items: { anyOf: [{ $ref: '#' }, { $ref: '#/$defs/name' }, { $ref: '#/contains' }] },
      contains: { const: 3 },
      $defs: { name: { type: 'string' }, tree: { $ref: '#' } },
    };
    const compiled = await compileSchema(wrapped(tree));
    if (!compiled.ok) throw new Error(compiled.message);
    const errors = (value: unknown): number => compiled.validate({ value }).length;
    expect([errors([['a', 3], 3]), errors([['a'], 3]) > 0, errors([true, 3]) > 0]).toEqual([0, true, true]);
    expect((await schemaCheck(tree))('{"value":[["a",3],3]}')).toEqual({ ok: true, value: [['a', 3], 3] });
  });
});

describe('the subset that Gemini takes', () => {
  it('lists texts, and puts other values into words', () => {
    const given = object({
      a: { const: 3 },
      b: { enum: [1, 2], type: 'integer', description: 'How many.' },
      c: { enum: ['x', null] },
      d: { oneOf: [text, { type: 'string', format: 'uri' }] },
    });
    expect(forGoogle(given)).toEqual(
      object({
        a: { type: 'number', description: 'One of 3.' },
        b: { type: 'integer', description: 'How many. One of 1, 2.' },
        c: { enum: ['x', null] },
        d: { anyOf: [text, text] },
      }),
    );
  });

  it.each([
    [{ items: [text] }],
    [{ not: text }],
    [{ $ref: '#' }],
    [{ $ref: '#/$defs/a', $defs: { a: { items: { $ref: '#/$defs/b' } }, b: { anyOf: [{ $ref: '#/$defs/a' }] } } }],
  ])('has not %j', (schema) => {
    expect(forGoogle(schema)).toBeUndefined();
  });
});
