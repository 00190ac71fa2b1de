import { check, type CheckOptions } from 'computo-js';
import type { Diagnostic } from '../diagnostic/index.js';
import { diagnoseScript } from './place.js';
import type { ScriptSource } from './script-source.js';

/** Everything that computo-js finds wrong with a script without running it, placed where it was written. */
export function checkScript(source: ScriptSource, options: CheckOptions): Diagnostic[] {
  const form = source.text === undefined ? 'json' : 'text';
  const found = check(source.script, { ...inDialectOf(source, options), form, givesData: true });
  return [...source.warnings, ...found.map(({ path, ...finding }) => diagnoseScript(source, path, finding))];
}

/** Options for a script as its form has them: whatever the config says, the text form is of the current dialect. */
export function inDialectOf<Options extends CheckOptions>({ text }: ScriptSource, options: Options): Options {
  return text === undefined ? options : { ...options, dialect: 'current' };
}
