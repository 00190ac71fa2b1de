import { positionAt, lineStarts } from '../../../src/config/source/lines.js';
import { spanOf, type NodePart, type SourceDocument } from '../../../src/config/source/index.js';

/** The text that stands where a pointer leads. */
export function textAt({ text = '', root }: SourceDocument, pointer: string, part: NodePart = 'value'): string {
  const { start, end } = spanOf(root, pointer, part);
  return text.slice(start, end);
}

/** `line:column` of the place where a pointer leads. */
export function placeOf({ text = '', root }: SourceDocument, pointer: string, part: NodePart = 'value'): string {
  const { line, column } = positionAt(lineStarts(text), spanOf(root, pointer, part).start);
  return `${line}:${column}`;
}
