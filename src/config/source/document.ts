import { parsePointer } from 'computo-js';
import { codeFrame, type Diagnostic, type Severity } from '../diagnostic/index.js';
import { lineStarts, positionAt } from './lines.js';
import { childOf, type SourceNode, type SourceSpan } from './node.js';

/** A parsed config or script file: its exact value, and where each part was written. */
export interface SourceDocument {
  /** The file's name in findings. */
  readonly file: string;
  /** Absent if the value has no text of its own: a JavaScript or TypeScript config. */
  readonly text?: string;
  /** Set if the config names no AI providers, so that its providers are the well-known ones. */
  readonly vendors?: true | undefined;
  readonly root: SourceNode;
}

/** Which part of an object's member a place refers to. */
export type NodePart = 'key' | 'value';

/** The content of a finding; its place is given by a document and a pointer. */
export interface Finding {
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/**
 * The span that a pointer leads to. For a part that does not exist, the nearest existing part around it.
 *
 * @param part whether a member's key or its value is meant; array elements have only values
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

/** Creates a finding about the part of a document that a pointer names. */
export function diagnose(
  document: SourceDocument,
  pointer: string,
  finding: Finding,
  part: NodePart = 'value',
): Diagnostic {
  return diagnoseSpan(document, spanOf(document.root, pointer, part), finding, pointer);
}

/** Creates a finding about a span of a document's text. */
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

/** Cached: the lines of a text are located once, for its first finding. */
function lineStartsOf(document: object, text: string): readonly number[] {
  const known = startsByDocument.get(document);
  if (known !== undefined) return known;
  const starts = lineStarts(text);
  startsByDocument.set(document, starts);
  return starts;
}
