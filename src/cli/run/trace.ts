import { ComputoError, parsePointer, spanAt, type Json, type TraceListener } from 'computo-js';
import { placeInScript, type ScriptSource } from '../../config/script/index.js';
import { stringifyJson } from '../../json/index.js';
import { showFile } from '../terminal/print-diagnostics.js';

/** Longer values are truncated, because a trace is for reading. */
const VALUE_MAX = 200;
const INDENT = '  ';

/** The characters of an expression's text that are shown. */
const EXPRESSION_MAX = 60;

/**
 * Writes each call of a script once it has ended, innermost first: its place, the operator or (for a script in the text form) its
 * text, indented by its depth, and its result.
 */
export function traceTo(write: (text: string) => void, source: ScriptSource): TraceListener {
  return ({ path, operator, depth, value, error }) => {
    const { file, line, column } = placeInScript(source, path);
    const what = source.text === undefined ? operator : expression(source.text, path);
    const result = value === undefined ? `failed: ${reason(error, source)}` : shown(value);
    write(`${showFile(file)}:${line}:${column} ${INDENT.repeat(depth)}${what} → ${result}\n`);
  };
}

function expression({ text, spans }: NonNullable<ScriptSource['text']>, path: string): string {
  const { start, end } = spanAt(spans, parsePointer(path));
  const written = text.slice(start, Math.min(end, start + 2 * EXPRESSION_MAX)).replaceAll(/\s+/g, ' ');
  return written.length <= EXPRESSION_MAX ? written : `${written.slice(0, EXPRESSION_MAX)}…`;
}

function reason(error: unknown, { text }: ScriptSource): string {
  if (error instanceof ComputoError && text !== undefined) return error.explain('text');
  return error instanceof Error ? error.message : String(error);
}

function shown(value: Json): string {
  const text = stringifyJson(value);
  return text.length <= VALUE_MAX ? text : `${text.slice(0, VALUE_MAX)}… (${text.length} characters)`;
}
