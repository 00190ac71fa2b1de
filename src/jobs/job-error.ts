/**
 * `refused`: what was asked for can't be done so. `invalid`: the config is wrong. `failed`: stored data is damaged, or a disk fails.
 * `unavailable`: a server that is needed is away, or refuses.
 */
export type JobErrorKind = 'refused' | 'invalid' | 'failed' | 'unavailable';

/** Why a job can't begin or go on, in a way that whoever asked for it can mend. */
export class JobError extends Error {
  override readonly name = 'JobError';

  /** @param hint the way out, as an instruction */
  constructor(
    message: string,
    readonly kind: JobErrorKind,
    readonly hint?: string,
  ) {
    super(message);
  }
}
