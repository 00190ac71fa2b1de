/** Why a text is not a script, and where. */
export class TextFormError extends Error {
  override readonly name = 'TextFormError';
  /** Both count from 1; a column is a UTF-16 code unit. */
  readonly line: number;
  readonly column: number;

  /**
   * @param problem what was found and what would have been right, as a phrase without a place
   * @param offset where, in UTF-16 code units from the start of the text
   * @param hint what to write instead, where that is known
   */
  constructor(
    readonly problem: string,
    readonly offset: number,
    text: string,
    readonly hint?: string,
  ) {
    const before = text.slice(0, offset);
    const line = before.split('\n').length;
    const column = offset - before.lastIndexOf('\n');
    super(`${problem} at line ${line}, column ${column}${hint === undefined ? '' : `. ${hint}`}`);
    this.line = line;
    this.column = column;
  }
}
