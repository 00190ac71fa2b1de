import * as z from 'zod';
import type { ConfigKinds } from './kinds/index.js';
import { configSchema, OWN_KEY_PREFIX } from './schema.js';

/** What a script looks like to an editor: any JSON value. A text is a name or a path. */
const SCRIPT = { type: ['array', 'string', 'object', 'number', 'boolean', 'null'] };

/**
 * The JSON Schema (draft 2020-12) of config files, for editors: what may be written, so with units, `${NAME}` and without
 * the keys that have defaults.
 */
export function configJsonSchema(kinds: ConfigKinds): Record<string, unknown> {
  const schema = editorSchema(configSchema(kinds).sections);
  return { ...schema, title: 'Colloquium config', patternProperties: { [`^${OWN_KEY_PREFIX}`]: {} } };
}

/** The JSON Schema of what may be written of a part of a config. */
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
