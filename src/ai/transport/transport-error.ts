export type TransportFault =
  /** No connection: refused, unknown host, time-out while connecting, or a bad certificate. */
  | 'unreachable'
  /** Connected, but nothing came in time. */
  | 'timeout'
  /** The connection broke, before or during the answer. */
  | 'reset'
  /** The answer is larger than the limit. */
  | 'too-large'
  /** Aborted by the caller. */
  | 'aborted';

/** No whole answer came. */
export class TransportError extends Error {
  override readonly name = 'TransportError';

  /**
   * @param sent whether the request may have reached the server and been billed
   * @param lasting whether it is likely to fail until a person fixes it
   */
  constructor(
    readonly fault: TransportFault,
    readonly sent: boolean,
    message: string,
    readonly lasting = false,
  ) {
    super(message);
  }
}
