import { DataFault } from './data-fault.js';

/** Why a text is not JSON, and where. */
export class JsonSyntaxError extends DataFault {
  override readonly name = 'JsonSyntaxError';

  /**
   * @param problem what was found and what was expected, as a phrase without a place
   * @param offset position in UTF-16 code units from the start of the text
   */
  constructor(
    readonly problem: string,
    readonly offset: number,
  ) {
    super(`${problem} at column ${offset + 1}`);
  }
}

/** The text is JSON so far, but nested deeper than allowed. */
export class JsonDepthError extends JsonSyntaxError {
  constructor(depthMax: number, offset: number) {
    super(`nested deeper than ${depthMax} levels`, offset);
  }
}
