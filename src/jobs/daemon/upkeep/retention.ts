import type { Log, LogPosition } from '../../../log/index.js';
import type { RetentionPlan } from '../../serve-plan.js';
import type { Talk } from '../../talk.js';
import { reasonOf } from '../../reason-of.js';

/** Removes from the log what is processed and exceeds the age or size limit. */
export async function applyRetention(
  log: Log,
  { ms, bytesMax }: RetentionPlan,
  keepFrom: LogPosition,
  now: number,
  talk: Talk,
): Promise<void> {
  try {
    const report = await log.prune({ olderThan: now - ms, bytesMax, keepFrom });
    if (report.removed.length > 0) {
      const bytes = report.removed.reduce((sum, removed) => sum + removed.bytes, 0);
      talk.info('old events were removed', { segments: report.removed.length, bytes });
    }
    if (report.keptUnprocessed.length > 0) {
      talk.warn('old events are kept because they are not processed', { segments: report.keptUnprocessed.length });
    }
  } catch (error) {
    talk.error('old events could not be removed', { error: reasonOf(error) });
  }
}
