import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { KINDS } from '../../src/jobs/kinds/index.js';
import { configJsonSchema, testJsonSchema } from '../../src/config/index.js';
import { TEMPLATES } from '../../src/config/starter/index.js';

const schema = configJsonSchema(KINDS);
const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);

/** What the schema has against a value, as places. */
function problems(value: unknown): string[] {
  validate(value);
  return (validate.errors ?? []).map(({ instancePath }) => instancePath);
}

function propertiesOf(part: unknown, path: string): [string, unknown][] {
  return entriesOf(part).flatMap(([key, value]) =>
    key === 'properties'
      ? entriesOf(value).flatMap(([name, property]): [string, unknown][] => [
          [`${path}/${name}`, property],
          ...propertiesOf(property, `${path}/${name}`),
        ])
      : propertiesOf(value, path),
  );
}

function entriesOf(part: unknown): [string, unknown][] {
  return typeof part === 'object' && part !== null ? Object.entries(part) : [];
}

describe('the JSON Schema for editors', () => {
  it.each(['seed-phase1.json', 'seed-phase2.json'])('accepts %s', (name) => {
    expect(
      problems(JSON.parse(readFileSync(new URL(`../../fixtures/config/${name}`, import.meta.url), 'utf8'))),
    ).toEqual([]);
  });

  it.each(Object.entries(TEMPLATES))('accepts the starter config for %s', (_, { config }) => {
    expect(
      problems(parseYaml(config({ sample: 's', schema: 'x', testsSchema: './colloquium.test.schema.json' }))),
    ).toEqual([]);
  });

  it('has a title for every key, which editors label it with', () => {
    const titles = propertiesOf(schema, '').map(([path, property]) => [
      path.split('/').at(-1),
      (property as { title?: unknown }).title,
    ]);
    expect(titles.filter(([key, title]) => key !== title)).toEqual([]);
  });

  it('describes every key', () => {
    const properties = propertiesOf(schema, '');
    expect(properties.length).toBeGreaterThan(90);
    expect(
      properties
        .filter(([, property]) => typeof (property as { description?: unknown }).description !== 'string')
        .map(([path]) => path),
    ).toEqual([]);
  });

  it.each([
    ['configs', schema],
    ['test files', testJsonSchema()],
  ])('of %s has an example for every key, which is valid there', (_, of) => {
    const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strict: false });
    const faults = propertiesOf(of, '').flatMap(([path, property]) => {
      const { examples } = property as { readonly examples?: readonly unknown[] };
      if (examples?.[0] === undefined) return [`${path} has none`];
      const { errors } = ((one) => (one(examples[0]), one))(ajv.compile(property as object));
      return (errors ?? []).map(({ instancePath, message }) => `${path}${instancePath} ${message ?? ''}`);
    });
    expect(faults).toEqual([]);
  });

  it("accepts units, the environment and keys of one's own", () => {
    const value = {
      'x-mine': 1,
      server: { port: '${PORT}', max_body_size: '2MB', insecure: '${OPEN:-false}', tokens: '${TOKEN}' },
      storage: { durability: '${D}', idempotency_pointer: '/id' },
      processing: { max_line_size: 1024 },
      provider_wait: '5m',
      pipelines: {
        a: {
          stages: [{ filter: true }, { computo: ['$input'], name: 'x' }],
          on_error: { default: null },
          dead_letter: './d',
        },
      },
    };
    expect(problems(value)).toEqual([]);
  });

  it.each([
    ['an unknown key', { server: { prot: 1 } }],
    ['a wrong unit', { server: { max_body_size: '1XB' } }],
    ['a number beyond its range', { server: { port: 70_000 } }],
    ['a stage of no kind', { pipelines: { a: { stages: [{ name: 'x' }] } } }],
    ['a word that is no choice', { storage: { durability: 'maybe' } }],
  ])('refuses %s', (_, value) => {
    expect(problems(value)).not.toEqual([]);
  });
});
