import { check, type CheckOptions } from 'computo-js';
import type { Diagnostic } from '../diagnostic/index.js';
import { diagnose } from '../source/index.js';
import type { ScriptSource } from './script-source.js';

/** Where an expression of a script stands: line and column from 1. */
export function placeInScript({ origin }: ScriptSource, path: string): Pick<Diagnostic, 'file' | 'line' | 'column'> {
  return diagnose(origin.document, origin.pointer + path, { severity: 'warning', code: 'place', message: '' });
}

/** Everything that computo-js finds wrong with a script without running it, placed in its file. */
export function checkScript(source: ScriptSource, options: CheckOptions): Diagnostic[] {
  const { document, pointer } = source.origin;
  const found = check(source.script, options).map(({ path, ...finding }) =>
    diagnose(document, pointer + path, finding),
  );
  return [...source.warnings, ...found];
}
