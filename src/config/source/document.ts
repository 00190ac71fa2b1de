import { parsePointer } from 'computo-js';
import { codeFrame, type Diagnostic, type Severity } from '../diagnostic/index.js';
import { lineStarts, positionAt } from './lines.js';
import { childOf, type SourceNode, type SourceSpan } from './node.js';

/** A config or script file, read: its exact value and where every part of it was written. */
export interface SourceDocument {
  /** How findings name the file. */
  readonly file: string;
  /** Absent where a value has no text of its own: a JavaScript or TypeScript config. */
  readonly text?: string;
  /** It names no AI providers: those that it has are the well-known ones. */
  readonly vendors?: true | undefined;
  readonly root: SourceNode;
}

/** Which end of an object's member a place means. */
export type NodePart = 'key' | 'value';

/** What a finding says; where is said by a document and a pointer. */
export interface Finding {
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/**
 * Where a pointer leads. For a part that does not exist, the place is the nearest one around it that does.
 *
 * @param part of a member, whether its key or its value is meant; array elements have values only
 */
export function spanOf(root: SourceNode, pointer: string, part: NodePart = 'value'): SourceSpan {
  let node = root;
  let span: SourceSpan = root;
  for (const segment of parsePointer(pointer)) {
    const entry = node.entries?.get(segment);
    const child = entry?.node ?? childOf(node, segment);
    if (child === undefined) return span;
    span = part === 'key' && entry !== undefined ? entry.key : child;
    node = child;
  }
  return span;
}

/** The node at a pointer, if there is one. */
export function nodeAt(root: SourceNode, pointer: string): SourceNode | undefined {
  let node: SourceNode | undefined = root;
  for (const segment of parsePointer(pointer)) {
    node = childOf(node, segment);
    if (node === undefined) return undefined;
  }
  return node;
}

/** A finding about the part of a document that a pointer names. */
export function diagnose(
  document: SourceDocument,
  pointer: string,
  finding: Finding,
  part: NodePart = 'value',
): Diagnostic {
  return diagnoseSpan(document, spanOf(document.root, pointer, part), finding, pointer);
}

/** A finding about a stretch of a document's text. */
export function diagnoseSpan(
  document: Pick<SourceDocument, 'file' | 'text'>,
  span: SourceSpan,
  { severity, code, message, hint }: Finding,
  pointer?: string,
): Diagnostic {
  const { file, text } = document;
  const said = {
    severity,
    code,
    message,
    ...(hint !== undefined && { hint }),
    ...(pointer !== undefined && { pointer }),
  };
  if (text === undefined) return { file, line: 1, column: 1, ...said };

  const starts = lineStartsOf(document, text);
  const { line, column } = positionAt(starts, Math.min(span.start, text.length));
  const lineEnd = (starts[line] ?? text.length + 1) - 1;
  const length = Math.max(1, Math.min(span.end, lineEnd) - span.start);
  return {
    file,
    line,
    column,
    endColumn: column + length,
    ...said,
    frame: codeFrame(text, starts, line, column, length),
  };
}

const startsByDocument = new WeakMap<object, readonly number[]>();

/** A text's lines are found once, when its first finding is placed. */
function lineStartsOf(document: object, text: string): readonly number[] {
  const known = startsByDocument.get(document);
  if (known !== undefined) return known;
  const starts = lineStarts(text);
  startsByDocument.set(document, starts);
  return starts;
}
