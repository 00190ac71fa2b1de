import { HttpError, type DriveReport } from '../../server/index.js';
import type { ServePlan } from './plan.js';
import type { RunningPipelines } from './running-pipelines.js';
import type { DriveContext } from './drive-again.js';

/** What driving dead letters again takes of the daemon. */
export interface RedriveContext extends DriveContext {
  readonly plan: () => ServePlan;
  readonly pipelines: () => RunningPipelines;
}

/** Drives dead letters again when asked to, for one at a time. The returned function @throws HttpError 409, SinkError */
export function redriver({ plan, pipelines, ...context }: RedriveContext): () => Promise<DriveReport> {
  let isDriving = false;
  return async () => {
    if (isDriving) throw new HttpError(409, 'Conflict', 'dead letters are being driven again already');
    if (plan().fleet !== undefined)
      throw new HttpError(409, 'Conflict', 'in a fleet, colloquium replay --dead-letters does this');
    isDriving = true;
    const running = pipelines();
    try {
      return await running.inTurn(() =>
        running.whileStill(async () => {
          const { driveAgain } = await import('./drive-again.js');
          return await driveAgain(plan(), context);
        }),
      );
    } finally {
      isDriving = false;
    }
  };
}
