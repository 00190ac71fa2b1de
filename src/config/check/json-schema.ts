import type { Json } from 'computo-js';

export interface SchemaProblem {
  /** JSON Pointer into the schema. */
  readonly pointer: string;
  readonly message: string;
}

/** What keeps a JSON value from being a JSON Schema, if anything. */
export async function schemaProblem(schema: Json): Promise<SchemaProblem | undefined> {
  if (typeof schema === 'boolean') return undefined;
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    return { pointer: '', message: 'expected a map' };
  }
  const [{ Ajv2020 }, { default: formats }] = await Promise.all([import('ajv/dist/2020.js'), import('ajv-formats')]);
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false });
  formats(ajv);
  // A schema of an older draft is judged by the rules that it shares with this one.
  const rules = Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema'));
  if (ajv.validateSchema(rules) !== true) {
    const [first] = ajv.errors ?? [];
    return { pointer: first?.instancePath ?? '', message: first?.message ?? 'it breaks the rules of JSON Schema' };
  }
  try {
    ajv.compile(rules);
    return undefined;
  } catch (error) {
    return { pointer: '', message: error instanceof Error ? error.message : String(error) };
  }
}
