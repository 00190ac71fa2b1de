import { extname } from 'node:path';
import { ConfigError } from '../diagnostic/index.js';
import {
  blameFile,
  parseJsonSource,
  readText,
  type Blame,
  type SourceDocument,
  type SourceNode,
} from '../source/index.js';
import type { ScriptSource } from './script-source.js';

/** Scripts may be generated, so only the size of the file limits their nesting. Computo has limits of its own. */
const DEPTH_MAX = 1_000_000;

/** The extensions of files that hold a script. */
const SCRIPT_FILES = ['.json', '.jsonc', '.computo'];

/** Matches the beginning of JSON, or of a comment before it. */
const BEGINS_JSON = /^\s*(?:["[{\-\dtfn]|\/[/*])/;

/**
 * Reads a script from the command line as JSON, with comments and trailing commas, if it is JSON, or else in the text form.
 *
 * @param label how findings name the text, for example `-e`
 * @throws ConfigError (`syntax-error`) with the place
 */
export async function parseInlineScript(text: string, label: string): Promise<ScriptSource> {
  if (!BEGINS_JSON.test(text)) return await parseTextScript(label, label, text);
  try {
    return jsonScript(label, label, text);
  } catch (error) {
    if (!isNoJson(error)) throw error;
    try {
      return await parseTextScript(label, label, text);
    } catch (inText) {
      throw /^\s*(?:\["|\{")/.test(text) ? withHint(error, inText) : inText;
    }
  }
}

/**
 * Reads a script file: `*.computo` in the text form, any other as JSON with or without comments.
 *
 * @param path absolute
 * @param blame where a file that can't be read is reported; by default at the file itself
 * @throws ConfigError if it can't be read or parsed
 */
export async function loadScriptFile(path: string, blame: Blame = blameFile(path)): Promise<ScriptSource> {
  const text = await readText(path, blame);
  if (extname(path).toLowerCase() !== '.computo') return jsonScript(path, path, text);
  return await parseTextScript(path, path, text);
}

/**
 * Reads a script in the text form.
 *
 * @param file how findings name the text
 * @throws ConfigError (`syntax-error`) with the place
 */
export async function parseTextScript(name: string, file: string, text: string): Promise<ScriptSource> {
  // The parser is loaded only if the text form is used.
  const { textScript } = await import('./text-script.js');
  return textScript(name, file, text);
}

/** Whether a file has the name of a script. */
export function isScriptFile(path: string): boolean {
  return SCRIPT_FILES.includes(extname(path).toLowerCase());
}

/** A script written in a config as JSON or YAML. */
export function scriptAt(document: SourceDocument, pointer: string, node: SourceNode, name: string): ScriptSource {
  return { name, script: node.value, origin: { document, pointer }, warnings: [] };
}

function jsonScript(name: string, file: string, text: string): ScriptSource {
  const { document, warnings } = parseJsonSource(file, text, { depthMax: DEPTH_MAX, repeatedKeys: 'warning' });
  return { name, script: document.root.value, origin: { document, pointer: '' }, warnings };
}

function isNoJson(error: unknown): error is ConfigError {
  return error instanceof ConfigError && error.diagnostics.some(({ code }) => code === 'syntax-error');
}

/** Adds to a JSON error what is wrong with the same text in the text form, which may have been meant. */
function withHint(error: ConfigError, inText: unknown): unknown {
  const [found] = inText instanceof ConfigError ? inText.diagnostics : [];
  if (found === undefined) return inText;
  const { line, column, message, hint } = found;
  const said = `as text it fails at ${line}:${column}: ${message}${hint === undefined ? '' : `. ${hint}`}`;
  return new ConfigError(error.diagnostics.map((one) => ({ hint: said, ...one })));
}
