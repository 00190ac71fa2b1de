import { dirname } from 'node:path';
import type { Json } from 'computo-js';
import { compileSchema } from '../answer-schema/index.js';
import { ConfigError, type Diagnostic } from '../diagnostic/index.js';
import { resolvePath, type PathBase } from '../load/resolve-path.js';
import { diagnose, parseJsonSource, readText, type SourceDocument } from '../source/index.js';
import { bundleSchema, DEPTH_MAX, plainSchema, type SchemaSource } from './schema-bundle.js';

/**
 * Loads the JSON Schema of an AI stage, with the files that it refers to.
 *
 * @param value a path, or the schema itself
 * @param pointer where the value is in the config
 * @returns the schema, or what is wrong with it or its files
 */
export async function loadSchema(
  document: SourceDocument,
  base: PathBase,
  value: Json,
  pointer: string,
): Promise<{ readonly schema: Json } | readonly Diagnostic[]> {
  try {
    const bundle = await bundleSchema(await sourceOf(document, base, value, pointer));
    const outcome = await compileSchema(bundle.schema);
    if (outcome.ok) return { schema: bundle.schema as Json };
    const place = bundle.placeOf(outcome.pointer);
    const message = `not a JSON Schema: ${outcome.message}`;
    return [diagnose(place.document, place.pointer, { severity: 'error', code: 'invalid-schema', message })];
  } catch (error) {
    if (error instanceof ConfigError) return error.diagnostics;
    throw error;
  }
}

/** @throws ConfigError when the file can't be read or is not JSON */
async function sourceOf(document: SourceDocument, base: PathBase, value: Json, pointer: string): Promise<SchemaSource> {
  if (typeof value !== 'string') return { schema: plainSchema(value), document, pointer, folder: base.directory };
  const file = resolvePath(base, value);
  const text = await readText(file, (code, message, hint) =>
    diagnose(document, pointer, { severity: 'error', code, message, hint }),
  );
  const source = parseJsonSource(file, text, { depthMax: DEPTH_MAX, repeatedKeys: 'error' });
  const { root } = source.document;
  return { schema: plainSchema(root.value), document: source.document, pointer: '', file, folder: dirname(file) };
}
