/**
 * An error in data, not in the program, so it has no stack. Capturing one takes longer than processing most events, and bad
 * events can come by the million.
 */
export class DataFault extends Error {
  constructor(message: string) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
  }
}
