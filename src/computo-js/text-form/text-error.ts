/** Why a text is not a script, and where. */
export class TextFormError extends Error {
  override readonly name = 'TextFormError';
  /** Line and column count from 1; columns are UTF-16 code units. */
  readonly line: number;
  readonly column: number;

  /**
   * @param problem what was found and what was expected, as a phrase without a place
   * @param offset position in UTF-16 code units from the start of the text
   * @param hint what to write instead, if known
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
