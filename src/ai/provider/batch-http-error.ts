/** A failed request about a batch. */
export class BatchHttpError extends Error {
  override readonly name = 'BatchHttpError';

  /**
   * @param status of the answer; undefined if there is none
   * @param sent whether the provider may have done what was asked
   * @param lasting whether there is no connection, and is likely to be none until a person fixes it
   */
  constructor(
    message: string,
    readonly status: number | undefined,
    readonly sent: boolean,
    readonly lasting = false,
  ) {
    super(message);
  }

  /** Whether the same request may succeed later. */
  get isTemporary(): boolean {
    const { status } = this;
    return status === undefined || status >= 500 || status === 429 || status === 408 || status === 409;
  }

  /** Whether the provider refuses whoever asks, and not what is asked for: a wrong key, or an unpaid bill. */
  get isForbidden(): boolean {
    const { status } = this;
    return status === 401 || status === 402 || status === 403 || status === 407;
  }

  /** Whether the provider does not know what was asked for. It may know it again later. */
  get isMissing(): boolean {
    return this.status === 404 || this.status === 410;
  }
}
