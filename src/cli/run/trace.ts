import type { Json, TraceListener } from 'computo-js';
import { placeInScript, type ScriptSource } from '../../config/script/index.js';
import { stringifyJson } from '../../json/index.js';
import { showFile } from '../print-diagnostics.js';

/** A value is shown up to here: a trace is for reading. */
const VALUE_MAX = 200;
const INDENT = '  ';

/**
 * Tells each call of a script once it has ended, innermost first: its place, the operator indented by how deep it stands,
 * and what came of it.
 */
export function traceTo(write: (text: string) => void, source: ScriptSource): TraceListener {
  return ({ path, operator, depth, value, error }) => {
    const { file, line, column } = placeInScript(source, path);
    const result =
      value === undefined ? `failed: ${error instanceof Error ? error.message : String(error)}` : shown(value);
    write(`${showFile(file)}:${line}:${column} ${INDENT.repeat(depth)}${operator} → ${result}\n`);
  };
}

function shown(value: Json): string {
  const text = stringifyJson(value);
  return text.length <= VALUE_MAX ? text : `${text.slice(0, VALUE_MAX)}… (${text.length} characters)`;
}
