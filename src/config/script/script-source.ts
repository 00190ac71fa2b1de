import type { Json } from 'computo-js';
import type { Diagnostic } from '../diagnostic/index.js';
import {
  blameFile,
  parseJsonSource,
  readText,
  type Blame,
  type SourceDocument,
  type SourceNode,
} from '../source/index.js';

/** Scripts may be made by programs: only the size of the file bounds their nesting. Computo has limits of its own. */
const DEPTH_MAX = 1_000_000;

/** A script and where it was written. */
export interface ScriptSource {
  /** How messages name it: its name under `scripts`, its file, `-e`, or its place in the config. */
  readonly name: string;
  readonly script: Json;
  readonly origin: ScriptOrigin;
  /** Repeated keys and the like. */
  readonly warnings: readonly Diagnostic[];
}

/** The place of a script. A JSON Pointer into the script, put behind `pointer`, leads to a place in `document`. */
export interface ScriptOrigin {
  readonly document: SourceDocument;
  readonly pointer: string;
}

/**
 * Reads a script that was typed on the command line. Comments and trailing commas are allowed.
 *
 * @param label how findings name the text, for example `-e`
 * @throws ConfigError (`syntax-error`) with the place
 */
export function parseInlineScript(text: string, label: string): ScriptSource {
  return scriptOf(label, label, text);
}

/**
 * Reads a script file, JSON with or without comments.
 *
 * @param path absolute
 * @param blame where a file that can't be read is reported; by default at the file itself
 * @throws ConfigError if it can't be read or parsed
 */
export async function loadScriptFile(path: string, blame: Blame = blameFile(path)): Promise<ScriptSource> {
  return scriptOf(path, path, await readText(path, blame));
}

function scriptOf(name: string, file: string, text: string): ScriptSource {
  const { document, warnings } = parseJsonSource(file, text, { depthMax: DEPTH_MAX, repeatedKeys: 'warning' });
  return { name, script: document.root.value, origin: { document, pointer: '' }, warnings };
}

/** A script that stands in a config. */
export function scriptAt(document: SourceDocument, pointer: string, node: SourceNode, name: string): ScriptSource {
  return { name, script: node.value, origin: { document, pointer }, warnings: [] };
}
