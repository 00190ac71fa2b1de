import { check, type CheckOptions } from 'computo-js';
import type { Diagnostic } from '../diagnostic/index.js';
import { diagnoseScript } from './place.js';
import type { ScriptSource } from './script-source.js';

/** Finds everything that computo-js can find wrong with a script without running it, with its place in the script as written. */
export function checkScript(source: ScriptSource, options: CheckOptions): Diagnostic[] {
  const form = source.text === undefined ? 'json' : 'text';
  const found = check(source.script, { ...inDialectOf(source, options), form, givesData: true });
  return [...source.warnings, ...found.map(({ path, ...finding }) => diagnoseScript(source, path, finding))];
}

/** Adapts options to a script's form: whatever the config says, the text form uses the current dialect. */
export function inDialectOf<Options extends CheckOptions>({ text }: ScriptSource, options: Options): Options {
  return text === undefined ? options : { ...options, dialect: 'current' };
}
