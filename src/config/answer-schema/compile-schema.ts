import type { Ajv, ErrorObject, Options } from 'ajv';
import { blamedPointer } from './blame.js';
import { dialectOf } from './dialect.js';

/** Validates a value against a schema. @returns the errors; empty if the value conforms */
export type Validate = (value: unknown) => readonly ErrorObject[];

export type CompiledSchema =
  | { readonly ok: true; readonly validate: Validate }
  /** `pointer`: JSON Pointer to the part of the schema that is not valid. */
  | { readonly ok: false; readonly pointer: string; readonly message: string };

const OPTIONS: Options = {
  allErrors: true,
  strict: false,
  // Validated separately below, to know where a schema is wrong.
  validateSchema: false,
  // Unknown formats must not be logged to the console: JSON Schema says to ignore them.
  logger: false,
};

const compiled = new WeakMap<object, Promise<CompiledSchema>>();

/**
 * Compiles a JSON Schema by the rules of the draft that its `$schema` names, or of 2020-12. Compiles each object only once, so
 * that checking a config and validating answers share the work.
 */
export async function compileSchema(schema: unknown): Promise<CompiledSchema> {
  if (typeof schema === 'boolean') return await compile(schema);
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    return { ok: false, pointer: '', message: 'expected a map' };
  }
  const known = compiled.get(schema);
  if (known !== undefined) return await known;
  const outcome = compile(schema);
  compiled.set(schema, outcome);
  return await outcome;
}

async function compile(schema: boolean | object): Promise<CompiledSchema> {
  const [Dialect, { default: addFormats }] = await Promise.all([dialectOf(schema), import('ajv-formats')]);
  // One instance per schema: two stages may use the same schema, and with it the same `$id`.
  const ajv: Ajv = new Dialect(OPTIONS);
  addFormats(ajv);
  const rules = typeof schema === 'boolean' ? schema : withoutDialect(schema);
  try {
    if (ajv.validateSchema(rules) !== true) {
      const error = innermost(ajv.errors ?? []);
      return { ok: false, pointer: error?.instancePath ?? '', message: wordsFor(error) };
    }
    const validate = ajv.compile(rules);
    return { ok: true, validate: (value) => (validate(value) ? [] : (validate.errors ?? [])) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, pointer: blamedPointer(rules, error), message };
  }
}

function wordsFor(error: ErrorObject | undefined): string {
  const allowed: unknown = error?.params['allowedValues'];
  if (Array.isArray(allowed)) return `must be one of ${allowed.join(', ')}`;
  return error?.message ?? 'it breaks the rules of JSON Schema';
}

/** ajv accepts only one spelling of `$schema` per draft, and gives `$async` a meaning of its own. */
function withoutDialect(schema: object): object {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema' && key !== '$async'));
}

/** The rules of JSON Schema offer alternatives for parts of a schema; the deepest error belongs to the intended alternative. */
function innermost(errors: readonly ErrorObject[]): ErrorObject | undefined {
  const depth = ({ instancePath }: ErrorObject): number => instancePath.split('/').length;
  return errors.reduce<ErrorObject | undefined>(
    (best, error) => (best === undefined || depth(error) > depth(best) ? error : best),
    undefined,
  );
}
