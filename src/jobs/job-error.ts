/**
 * `refused`: the request can't be fulfilled in this way. `invalid`: the config is wrong. `failed`: stored data is damaged, or a
 * disk fails. `unavailable`: a server that is needed is unavailable or refuses us. `stopped`: it would cost money that need not
 * be spent.
 */
export type JobErrorKind = 'refused' | 'invalid' | 'failed' | 'unavailable' | 'stopped';

/** Why a job can't start or continue, for a reason that the user can fix. */
export class JobError extends Error {
  override readonly name = 'JobError';

  /** @param hint the remedy, as an instruction */
  constructor(
    message: string,
    readonly kind: JobErrorKind,
    readonly hint?: string,
  ) {
    super(message);
  }
}
