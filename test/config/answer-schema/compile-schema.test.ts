import { describe, expect, it } from 'vitest';
import { compileSchema } from '../../../src/config/answer-schema/index.js';

const DRAFT_07 = 'http://json-schema.org/draft-07/schema#';
const DRAFT_2019 = 'https://json-schema.org/draft/2019-09/schema';

/** What a schema says of a value; or where and why it is none. */
async function verdict(schema: unknown, value: unknown): Promise<string> {
  const compiled = await compileSchema(schema);
  if (!compiled.ok) return `${compiled.pointer}: ${compiled.message}`;
  return compiled.validate(value).length === 0 ? 'conforms' : 'differs';
}

describe('a JSON Schema', () => {
  it.each([
    ['draft-07', DRAFT_07],
    ['draft-07 without #', 'http://json-schema.org/draft-07/schema'],
    ['draft-07 with https', 'https://json-schema.org/draft-07/schema#'],
    ['draft-06', 'http://json-schema.org/draft-06/schema#'],
    ['2019-09', DRAFT_2019],
  ])('is read by the rules of %s when it names that draft', async (_, $schema) => {
    const schema = { $schema, type: 'array', items: [{ type: 'string' }], additionalItems: false };
    expect(await verdict(schema, ['a'])).toBe('conforms');
    expect(await verdict(schema, [1])).toBe('differs');
    expect(await verdict(schema, ['a', 'b'])).toBe('differs');
  });

  it.each([
    ['nothing', {}],
    ['2020-12', { $schema: 'https://json-schema.org/draft/2020-12/schema' }],
    ['2020-12 with #', { $schema: 'https://json-schema.org/draft/2020-12/schema#' }],
    ['the newest', { $schema: 'http://json-schema.org/schema#' }],
  ])('is read by the rules of 2020-12 when it names %s', async (_, named) => {
    const schema = { ...named, type: 'array', prefixItems: [{ type: 'string' }], items: false };
    expect(await verdict(schema, ['a'])).toBe('conforms');
    expect(await verdict(schema, [1])).toBe('differs');
    expect(await verdict(schema, ['a', 'b'])).toBe('differs');
  });

  it.each([
    ['$defs', { $ref: '#/$defs/name', $defs: { name: { type: 'string' } } }],
    ['definitions', { $schema: DRAFT_07, $ref: '#/definitions/name', definitions: { name: { type: 'string' } } }],
    ['an anchor', { $ref: '#name', $defs: { name: { $anchor: 'name', type: 'string' } } }],
    ['an $id', { $id: 'https://x.org/a', $ref: 'name', $defs: { name: { $id: 'name', type: 'string' } } }],
    ['itself', { anyOf: [{ type: 'string' }, { type: 'array', minItems: 1, items: { $ref: '#' } }] }],
  ])('refers to %s', async (_, schema) => {
    expect(await verdict(schema, 'a')).toBe('conforms');
    expect(await verdict(schema, 1)).toBe('differs');
  });

  it('may have the $id of another one', async () => {
    const schemas = [{ type: 'string' }, { type: 'number' }].map((rest) => ({ $id: 'https://x.org/same', ...rest }));
    expect(await Promise.all(schemas.map((schema) => verdict(schema, 'a')))).toEqual(['conforms', 'differs']);
  });

  it('has its formats kept, and those that nobody knows ignored', async () => {
    expect(await verdict({ format: 'date-time' }, '2026-11-29T01:00:00Z')).toBe('conforms');
    expect(await verdict({ format: 'date-time' }, 'yesterday')).toBe('differs');
    expect(await verdict({ $schema: DRAFT_2019, format: 'email' }, 'nobody')).toBe('differs');
    expect(await verdict({ format: 'colour' }, 'nobody')).toBe('conforms');
  });

  it.each([
    ['a type that there is not', { properties: { a: { type: 'strin' } } }, '/properties/a/type'],
    ['such a type, in draft-07', { $schema: DRAFT_07, items: [{ type: 'strin' }] }, '/items/0/type'],
    ['a reference that leads nowhere', { properties: { a: { $ref: '#/$defs/b' } } }, '/properties/a/$ref'],
    ['a reference to another file', { items: { $ref: './other.json#/a' } }, '/items/$ref'],
    ['a broken pattern', { properties: { a: { pattern: '(' } } }, '/properties/a/pattern'],
    ['a broken pattern of names', { patternProperties: { '[': {} } }, '/patternProperties/['],
  ])('is none, and where, with %s', async (_, schema, pointer) => {
    expect(await compileSchema(schema)).toMatchObject({ ok: false, pointer });
  });

  it.each([[3], ['text'], [null], [[]]])('is never %j', async (value) => {
    expect(await verdict(value, 1)).toBe(': expected a map');
  });

  it('can be true or false', async () => {
    expect(await verdict(true, 1)).toBe('conforms');
    expect(await verdict(false, 1)).toBe('differs');
  });
});
