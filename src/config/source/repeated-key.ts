import type { Diagnostic, Severity } from '../diagnostic/index.js';
import { diagnoseSpan } from './document.js';
import { lineStarts, positionAt } from './lines.js';
import type { SourceSpan } from './node.js';

/** The finding for a key that its object already has. It names both places. */
export function repeatedKey(
  source: { readonly file: string; readonly text: string },
  name: string,
  second: SourceSpan,
  first: SourceSpan,
  severity: Severity,
): Diagnostic {
  const { line, column } = positionAt(lineStarts(source.text), first.start);
  return diagnoseSpan(source, second, {
    severity,
    code: 'repeated-key',
    message: `key ${JSON.stringify(name)} is here already, at ${line}:${column}${severity === 'warning' ? '; the last one counts' : ''}`,
    hint: 'remove one of the two',
  });
}
