import type { Json } from 'computo-js';
import { compileSchema } from '../../config/answer-schema/index.js';
import { parseJson } from '../../json/index.js';
import { tooMuch } from '../provider/index.js';
import type { JsonSchema } from '../request/index.js';

export type Checked =
  | { readonly ok: true; readonly value: Json }
  /** For the model as much as for people: where, and what is wrong. */
  | { readonly ok: false; readonly problem: string };

/** Checks an answer's text against a schema. */
export type SchemaCheck = (text: string) => Checked;

const ERRORS_SHOWN = 5;
const FENCE = '```';
const SPACE = /\s/;

/** @throws Error when the schema is invalid: a config's schemas were checked before */
export async function schemaCheck(schema: JsonSchema): Promise<SchemaCheck> {
  const compiled = await compileSchema(schema);
  if (!compiled.ok) throw new Error(`not a JSON Schema: ${compiled.message} (${compiled.pointer || '/'})`);
  return (text) => {
    const json = unfenced(text);
    const problem = tooMuch(json);
    if (problem !== undefined) return { ok: false, problem };
    let value: Json;
    let plain: unknown;
    try {
      value = parseJson(json);
      plain = JSON.parse(json);
    } catch (error) {
      return { ok: false, problem: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
    }
    const errors = compiled.validate(plain);
    if (errors.length === 0) return { ok: true, value };
    const shown = errors.slice(0, ERRORS_SHOWN);
    return {
      ok: false,
      problem: shown.map((error) => `${error.instancePath || '/'} ${error.message ?? error.keyword}`).join('; '),
    };
  };
}

/** The content of a Markdown fence, in which models often wrap JSON. Scans the text once. */
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
