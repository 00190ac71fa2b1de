import type { Json } from 'computo-js';
import { ConfigError, type Diagnostic } from '../diagnostic/index.js';
import { resolvePath, type PathBase } from '../load/resolve-path.js';
import { diagnose, parseJsonSource, readText, type SourceDocument } from '../source/index.js';

const DEPTH_MAX = 1000;

/** A JSON Schema and where it was written. */
export interface SchemaSource {
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
 * @returns the schema; or what is wrong with its file
 */
export async function loadSchema(
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
