import { LogError } from '../../../log/index.js';
import type { RetryProgress } from '../../../pipeline/letters/index.js';
import { HttpError, type RetryPreview, type RetryReport } from '../../../server/index.js';
import type { RetryLettersOptions } from './retry-letters.js';
import type { ServePlan } from '../../serve-plan.js';

/** What retrying dead letters needs from the daemon. */
export interface LetterRetrierOptions extends Omit<RetryLettersOptions, 'onProgress'> {
  readonly plan: () => ServePlan;
}

export interface LetterRetrier {
  /** Retries dead letters; only one call at a time. @throws HttpError 409, SinkError */
  readonly retryLetters: () => Promise<RetryReport>;
  /** What a retry would do. @throws HttpError 409 if one is running */
  readonly preview: () => Promise<RetryPreview>;
  /** The progress; undefined while no letters are being retried. */
  readonly progress: () => RetryProgress | undefined;
}

export function letterRetrier({ plan, ...context }: LetterRetrierOptions): LetterRetrier {
  let progress: RetryProgress | undefined;
  /** Several people may look at once: they share one look. */
  let looking: Promise<RetryPreview> | undefined;

  const refuseIfBusy = (): void => {
    if (progress !== undefined) throw new HttpError(409, 'Conflict', 'dead letters are already being retried');
    if (plan().fleet !== undefined)
      throw new HttpError(409, 'Conflict', 'in a fleet, colloquium replay --dead-letters does this');
  };
  /** Another process may be retrying letters. */
  const orConflict = (error: unknown): never => {
    if (error instanceof LogError && error.kind === 'locked') throw new HttpError(409, 'Conflict', error.message);
    throw error;
  };
  const look = async (): Promise<RetryPreview> => {
    const { previewRetry } = await import('./preview-retry.js');
    return previewRetry(plan(), context).catch(orConflict);
  };

  return {
    preview: async () => {
      refuseIfBusy();
      looking ??= look().finally(() => (looking = undefined));
      return looking;
    },
    progress: () => progress,
    async retryLetters() {
      refuseIfBusy();
      progress = { retried: 0, bytes: 0, bytesDone: 0 };
      try {
        await looking?.catch(() => undefined);
        const { retryLetters } = await import('./retry-letters.js');
        return await retryLetters(plan(), { ...context, onProgress: (now) => (progress = now) }).catch(orConflict);
      } finally {
        progress = undefined;
      }
    },
  };
}
