import * as z from 'zod';
import type { ConfigKinds } from './kinds/index.js';
import { configSchema, OWN_KEY_PREFIX } from './schema.js';
import { testFile } from './schema/tests.js';

/** A script, as editors see it: any JSON value. A text is a name or a path. */
const SCRIPT = { type: ['array', 'string', 'object', 'number', 'boolean', 'null'] };

/**
 * The JSON Schema (draft 2020-12) of config files, for editors. It describes what may be written: values with units or `${NAME}`,
 * and maps without the keys that have defaults.
 */
export function configJsonSchema(kinds: ConfigKinds): Record<string, unknown> {
  const schema = editorSchema(configSchema(kinds).sections);
  return { ...schema, title: 'Colloquium config', patternProperties: { [`^${OWN_KEY_PREFIX}`]: {} } };
}

/** The JSON Schema of test files, for editors. */
export function testJsonSchema(): Record<string, unknown> {
  return { ...editorSchema(testFile), title: 'Colloquium tests' };
}

/** The JSON Schema of what may be written in a part of a config. */
export function editorSchema(schema: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(schema, {
    io: 'input',
    // A script is any JSON value; only computo-js can say more.
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'custom') Object.assign(jsonSchema, SCRIPT);
    },
  });
}
