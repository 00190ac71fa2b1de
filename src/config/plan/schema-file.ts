import type { Json } from 'computo-js';
import { compileSchema } from '../answer-schema/index.js';
import { ConfigError, type Diagnostic } from '../diagnostic/index.js';
import { resolvePath, type PathBase } from '../load/resolve-path.js';
import { diagnose, parseJsonSource, readText, type SourceDocument } from '../source/index.js';

const DEPTH_MAX = 1000;

/** A JSON Schema and where it was written. */
interface SchemaSource {
  readonly schema: Json;
  readonly document: SourceDocument;
  /** JSON Pointer to it within the document. */
  readonly pointer: string;
}

/**
 * Gets the JSON Schema of an AI stage.
 *
 * @param value a path, or the schema itself
 * @param pointer where it stands in the config
 * @returns the schema; or what is wrong with it or its file
 */
export async function loadSchema(
  document: SourceDocument,
  base: PathBase,
  value: Json,
  pointer: string,
): Promise<{ readonly schema: Json } | readonly Diagnostic[]> {
  const source = await sourceOf(document, base, value, pointer);
  if (!('schema' in source)) return source;
  const outcome = await compileSchema(source.schema);
  if (outcome.ok) return { schema: source.schema };
  const finding = {
    severity: 'error',
    code: 'invalid-schema',
    message: `not a JSON Schema: ${outcome.message}`,
  } as const;
  return [diagnose(source.document, source.pointer + outcome.pointer, finding)];
}

async function sourceOf(
  document: SourceDocument,
  base: PathBase,
  value: Json,
  pointer: string,
): Promise<SchemaSource | readonly Diagnostic[]> {
  if (typeof value !== 'string') return { schema: value, document, pointer };
  const file = resolvePath(base, value);
  try {
    const text = await readText(file, (code, message, hint) =>
      diagnose(document, pointer, { severity: 'error', code, message, hint }),
    );
    const source = parseJsonSource(file, text, { depthMax: DEPTH_MAX, repeatedKeys: 'error' });
    return { schema: source.document.root.value, document: source.document, pointer: '' };
  } catch (error) {
    if (error instanceof ConfigError) return error.diagnostics;
    throw error;
  }
}
