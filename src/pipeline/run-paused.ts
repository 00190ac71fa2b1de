/** Why a run can't continue now although nothing is broken. Finished work is kept, and `--resume` continues. */
export type PauseReason =
  'budget' | 'providers-down' | 'provider-limit' | 'provider-refused' | 'in-doubt' | 'batched' | 'aborted';

/** What a person has to change before the run can go on. */
export type PauseRemedy =
  /** A budget that is smaller than the worst case of one call, in US dollars as decimal text. */
  | { readonly kind: 'budget'; readonly account: 'run' | 'day' | 'pipeline'; readonly needed: string }
  /** The keys that these AI providers refuse. */
  | { readonly kind: 'keys'; readonly providers: readonly string[] };

/** The run has to stop before this event. The event counts as not read. */
export class RunPaused extends Error {
  override readonly name = 'RunPaused';

  constructor(
    readonly reason: PauseReason,
    message: string,
    readonly remedy?: PauseRemedy,
  ) {
    super(message);
  }
}
