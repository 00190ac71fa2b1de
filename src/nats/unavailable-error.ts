/**
 * The server is unreachable, rejects our credentials or has no JetStream. The message names the server and the failure, and
 * contains no secret.
 */
export class NatsUnavailableError extends Error {
  override readonly name = 'NatsUnavailableError';
  /** What to do, as an instruction. */
  readonly advice: string | undefined;
  /** Whether nothing answers there. A server that is started later may. */
  readonly isUnreachable: boolean;

  constructor(
    message: string,
    {
      advice,
      isUnreachable: isAway = false,
      ...options
    }: ErrorOptions & { readonly advice?: string; readonly isUnreachable?: boolean } = {},
  ) {
    super(message, options);
    this.advice = advice;
    this.isUnreachable = isAway;
  }
}
