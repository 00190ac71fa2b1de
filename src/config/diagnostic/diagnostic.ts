/** An error keeps the config or script from being used, a warning does not. */
export type Severity = 'error' | 'warning';

/** One finding about a config or script file, with its place for readers and editors. */
export interface Diagnostic {
  /** The file as it was opened (an absolute path), or a name such as `-e` for text from elsewhere. */
  readonly file: string;
  /** Starts at 1. */
  readonly line: number;
  /** Starts at 1, in UTF-16 code units. */
  readonly column: number;
  /** One past the last column, if the place ends on its first line. */
  readonly endColumn?: number;
  readonly severity: Severity;
  /** Stable: scripts and editors may match on it. */
  readonly code: string;
  readonly message: string;
  /** How to fix the problem. */
  readonly hint?: string;
  /** JSON Pointer to the place within the file's value. */
  readonly pointer?: string;
  /** The lines around the place. Absent if there is no text, as for a JavaScript config. */
  readonly frame?: CodeFrame | undefined;
  /** Other places that are involved. */
  readonly related?: readonly RelatedPlace[];
}

/** A second place of a finding, and what is there. */
export interface RelatedPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A few source lines with the place marked, ready to print. */
export interface CodeFrame {
  readonly lines: readonly FrameLine[];
  /** The number of the marked line. */
  readonly line: number;
  /** Where the caret starts in the marked line's text, from 0. */
  readonly caretStart: number;
  /** At least 1. */
  readonly caretLength: number;
}

export interface FrameLine {
  readonly number: number;
  readonly text: string;
}

/** Orders findings by file, then by place, with errors before warnings at the same place. */
export function byPlace(a: Diagnostic, b: Diagnostic): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  if (a.line !== b.line) return a.line - b.line;
  if (a.column !== b.column) return a.column - b.column;
  if (a.severity !== b.severity) return a.severity === 'error' ? -1 : 1;
  return a.code < b.code ? -1 : Number(a.code !== b.code);
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}
