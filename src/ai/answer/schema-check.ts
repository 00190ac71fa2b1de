import type { ErrorObject } from 'ajv';
import type { Json, JsonObject } from 'computo-js';
import { compileSchema, type Validate } from '../../config/answer-schema/index.js';
import { canonicalJson, type JsonSchema } from '../request/index.js';
import { isWrapped, WRAPPED } from '../schema/index.js';
import { readingsOf, type Reading } from './readings.js';

export type Checked =
  | { readonly ok: true; readonly value: Json }
  /** For the model and for people: where the problem is, and what it is. */
  | { readonly ok: false; readonly problem: string };

/** Checks an answer's text against a schema. */
export type SchemaCheck = (text: string) => Checked;

const ERRORS_SHOWN = 5;

/** @throws Error when the schema is invalid: a config's schemas were checked before */
export async function schemaCheck(schema: JsonSchema): Promise<SchemaCheck> {
  const compiled = await compileSchema(schema);
  if (!compiled.ok) throw new Error(`not a JSON Schema: ${compiled.message} (${compiled.pointer || '/'})`);
  const judge = judgeFor(compiled.validate, isWrapped(schema));
  return (text) => {
    const { groups, problem } = readingsOf(text);
    let first: string | undefined;
    for (const group of groups) {
      const satisfying: Reading[] = [];
      for (const reading of group) {
        const judged = judge(reading);
        if (typeof judged === 'string') first ??= judged;
        else satisfying.push(judged);
      }
      const [only] = satisfying;
      if (only === undefined) continue;
      if (satisfying.every(({ plain }) => canonicalJson(plain) === canonicalJson(only.plain)))
        return { ok: true, value: only.value };
      return { ok: false, problem: 'there is more than one JSON value that satisfies the schema' };
    }
    return { ok: false, problem: first ?? problem ?? 'not JSON' };
  };
}

/** Returns the value that satisfies the schema, unwrapped, or else the problem. */
type Judge = (reading: Reading) => Reading | string;

function judgeFor(validate: Validate, wrapped: boolean): Judge {
  return (reading) => {
    const inner = wrapped ? unwrapped(reading) : undefined;
    const innerErrors = inner && validate(inner.plain);
    if (inner !== undefined && innerErrors?.length === 0) return inner;
    // A model may leave out the wrapping that it was asked for.
    const errors = validate(reading.plain);
    if (errors.length === 0) return reading;
    return innerErrors === undefined ? described(errors) : described(innerErrors, `/${WRAPPED}`);
  };
}

function unwrapped({ value, plain }: Reading): Reading | undefined {
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) return undefined;
  const [key, ...others] = Object.keys(plain);
  if (key !== WRAPPED || others.length > 0) return undefined;
  const inner = (value as JsonObject)[WRAPPED];
  return inner === undefined ? undefined : { value: inner, plain: Reflect.get(plain, WRAPPED) as unknown };
}

function described(errors: readonly ErrorObject[], prefix = ''): string {
  const shown = errors.slice(0, ERRORS_SHOWN);
  return shown
    .map((error) => `${prefix}${error.instancePath}`.concat(` ${error.message ?? error.keyword}`))
    .map((text) => (text.startsWith(' ') ? `/${text}` : text))
    .join('; ');
}
