export type TransportFault =
  /** No connection came about: a refusal, an unknown host, a time-out while connecting, a bad certificate. */
  | 'unreachable'
  /** Connected, but nothing came in time. */
  | 'timeout'
  /** The connection broke, before or within the answer. */
  | 'reset'
  /** The answer is larger than we take. */
  | 'too-large'
  /** We gave up ourselves. */
  | 'aborted';

/** No whole answer came. */
export class TransportError extends Error {
  override readonly name = 'TransportError';

  /** @param sent whether the request may have reached the other side, and may so have been billed */
  constructor(
    readonly fault: TransportFault,
    readonly sent: boolean,
    message: string,
  ) {
    super(message);
  }
}
