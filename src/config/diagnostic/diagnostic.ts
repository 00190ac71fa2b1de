/** How much a finding matters: an error keeps the config or script from being used, a warning does not. */
export type Severity = 'error' | 'warning';

/** One finding about a config or script file, placed for a person and for an editor. */
export interface Diagnostic {
  /** The file as it was opened (an absolute path), or a name such as `-e` for text that came from elsewhere. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units. */
  readonly column: number;
  /** One past the last column, where the place ends on its first line. */
  readonly endColumn?: number;
  readonly severity: Severity;
  /** Stable: scripts and editors may match on it. */
  readonly code: string;
  readonly message: string;
  /** The way out. */
  readonly hint?: string;
  /** JSON Pointer to the place within the file's value. */
  readonly pointer?: string;
  /** The lines around the place. Absent where there is no text, as for a JavaScript config. */
  readonly frame?: CodeFrame;
  /** Other places that have to do with it. */
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
  /** From 0: where in the marked line's text the caret starts. */
  readonly caretStart: number;
  /** At least 1. */
  readonly caretLength: number;
}

export interface FrameLine {
  readonly number: number;
  readonly text: string;
}

/** Orders findings as a reader meets them: by file, then by place, errors before warnings at the same place. */
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
