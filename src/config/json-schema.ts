import * as z from 'zod';
import type { ConfigKinds } from './kinds/index.js';
import { withExamples } from './examples.js';
import { ConfigSchema, OWN_KEY_PREFIX } from './schema.js';
import { testFile } from './schema/tests.js';
import { ofZod } from './schema/zod.js';

/** A script, as editors see it: any JSON value. A text is a name or a path. */
const SCRIPT = { type: ['array', 'string', 'object', 'number', 'boolean', 'null'] };

/**
 * The JSON Schema (draft 2020-12) of config files, for editors. It describes what may be written: values with units or `${NAME}`,
 * and maps without the keys that have defaults.
 */
export function configJsonSchema(kinds: ConfigKinds): Record<string, unknown> {
  const schema = editorSchema(new ConfigSchema(kinds).whole);
  return withExamples({
    ...titled(schema),
    title: 'Colloquium config',
    patternProperties: { [`^${OWN_KEY_PREFIX}`]: {} },
  });
}

/** The JSON Schema of test files, for editors. */
export function testJsonSchema(): Record<string, unknown> {
  return withExamples({ ...titled(editorSchema(testFile())), title: 'Colloquium tests' });
}

/** Gives each property its key as a title. Without one, editors label an object with the title of the schema. */
function titled(schema: object): object {
  if (Array.isArray(schema)) return schema.map(titledIn);
  const words = Object.entries<unknown>({ ...schema });
  return Object.fromEntries(
    words.map(([word, part]) => [word, word === 'properties' && isObject(part) ? titledEach(part) : titledIn(part)]),
  );
}

function titledEach(properties: object): object {
  return Object.fromEntries(
    Object.entries<unknown>({ ...properties }).map(([key, one]) => [
      key,
      isObject(one) ? { title: key, ...titled(one) } : one,
    ]),
  );
}

function titledIn(part: unknown): unknown {
  return isObject(part) ? titled(part) : part;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** The JSON Schema of what may be written in a part of a config. */
export function editorSchema(schema: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(ofZod(schema), {
    io: 'input',
    // A script is any JSON value; only computo-js can say more.
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'custom') Object.assign(jsonSchema, SCRIPT);
    },
  });
}
