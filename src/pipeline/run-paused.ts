/** Why a run can't continue now although nothing is broken. Finished work is kept, and `--resume` continues. */
export type PauseReason =
  'budget' | 'providers-down' | 'provider-limit' | 'provider-refused' | 'in-doubt' | 'batched' | 'aborted';

/** The run has to stop before this event. The event counts as not read. */
export class RunPaused extends Error {
  override readonly name = 'RunPaused';

  constructor(
    readonly reason: PauseReason,
    message: string,
  ) {
    super(message);
  }
}
