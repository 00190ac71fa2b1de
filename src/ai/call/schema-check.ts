import type { Json } from 'computo-js';
import { parseJson } from '../../json/index.js';
import { without } from '../without.js';
import type { JsonSchema } from '../request/index.js';

export type Checked =
  | { readonly ok: true; readonly value: Json }
  /** For the model as much as for a person: where, and what is wrong. */
  | { readonly ok: false; readonly problem: string };

/** Checks an answer's text against a schema. */
export type SchemaCheck = (text: string) => Checked;

const CHECKS_MAX = 100;
const ERRORS_SHOWN = 5;
const FENCE = '```';
const SPACE = /\s/;

/**
 * Compiles schemas, each once.
 *
 * @returns a function that throws an Error when a schema is none
 */
export async function loadSchemaChecks(): Promise<(schema: JsonSchema) => SchemaCheck> {
  // A bundle shows only the default export of these CommonJS modules.
  const [{ default: Ajv2020 }, { default: addFormats }] = await Promise.all([
    import('ajv/dist/2020.js'),
    import('ajv-formats'),
  ]);
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: true });
  addFormats(ajv);
  const checks = new Map<JsonSchema, SchemaCheck>();

  return (schema) => {
    const known = checks.get(schema);
    if (known !== undefined) return known;
    const validate = ajv.compile(withoutDialect(schema));
    const check: SchemaCheck = (text) => {
      const json = unfenced(text);
      let value: Json;
      let plain: unknown;
      try {
        value = parseJson(json);
        plain = JSON.parse(json);
      } catch (error) {
        return { ok: false, problem: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
      }
      if (validate(plain)) return { ok: true, value };
      const shown = (validate.errors ?? []).slice(0, ERRORS_SHOWN);
      return {
        ok: false,
        problem: shown.map((error) => `${error.instancePath || '/'} ${error.message ?? error.keyword}`).join('; '),
      };
    };
    if (checks.size >= CHECKS_MAX) checks.clear();
    checks.set(schema, check);
    return check;
  };
}

/** Older dialects differ in little that matters here, but ajv knows no `$schema` but its own. */
function withoutDialect(schema: JsonSchema): JsonSchema {
  if (typeof schema === 'boolean') return schema;
  return without(schema, '$schema');
}

/** What stands in a Markdown fence, which models wrap JSON into more often than not. Goes over the text once. */
function unfenced(text: string): string {
  const trimmed = text.trim();
  if (!trimmed.startsWith(FENCE) || !trimmed.endsWith(FENCE)) return trimmed;
  const end = trimmed.length - FENCE.length;
  let at = FENCE.length + (trimmed.startsWith('json', FENCE.length) ? 'json'.length : 0);
  let start = -1;
  for (; at < end && SPACE.test(trimmed.charAt(at)); at++) if (trimmed.charAt(at) === '\n') start = at + 1;
  if (start === -1) return trimmed;
  return trimmed.slice(start, end > start && trimmed.charAt(end - 1) === '\n' ? end - 1 : end);
}
