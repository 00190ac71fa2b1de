import { parsePointer, spanAt, type Span } from 'computo-js';
import type { Diagnostic } from '../diagnostic/index.js';
import { diagnose, diagnoseSpan, lineStarts, nodeAt, positionAt, type Finding } from '../source/index.js';
import type { ScriptOrigin, ScriptSource, ScriptText } from './script-source.js';

/** Creates a finding about an expression of a script, in the form in which the script was written. */
export function diagnoseScript({ origin, text }: ScriptSource, path: string, finding: Finding): Diagnostic {
  const { document, pointer } = origin;
  if (text === undefined) return diagnose(document, pointer + path, finding);
  return diagnoseText(origin, text, spanAt(text.spans, parsePointer(path)), finding);
}

/** The place of an expression of a script: line and column start at 1. */
export function placeInScript(source: ScriptSource, path: string): Pick<Diagnostic, 'file' | 'line' | 'column'> {
  const { file, line, column } = diagnoseScript(source, path, { severity: 'warning', code: 'place', message: '' });
  return { file, line, column };
}

/** Creates a finding about a span of a text in the text form, even one that can't be parsed. */
export function diagnoseText(
  { document, pointer }: ScriptOrigin,
  { text, offsetOf }: Pick<ScriptText, 'text' | 'offsetOf'>,
  { start, end }: Span,
  finding: Finding,
): Diagnostic {
  if (offsetOf !== undefined && document.text !== undefined) {
    return diagnoseSpan(document, { start: offsetOf(start), end: offsetOf(end) }, finding, pointer);
  }
  const { line, column } = positionAt(lineStarts(text), start);
  const message = `${finding.message} (at ${line}:${column} of the script)`;
  return diagnoseSpan(document, nodeAt(document.root, pointer) ?? document.root, { ...finding, message }, pointer);
}
