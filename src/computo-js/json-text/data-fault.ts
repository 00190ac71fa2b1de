/**
 * Something is wrong with data, not with the program: no stack belongs to it. To capture one takes longer than most events,
 * and bad events come by the million.
 */
export class DataFault extends Error {
  constructor(message: string) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
  }
}
