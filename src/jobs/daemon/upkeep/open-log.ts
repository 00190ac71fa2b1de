import { DisplacedError, Log, type LogHooks, type LogOptions, type LogWorld } from '../../../log/index.js';
import type { Talk } from '../../talk.js';

/** The daemon's log, and the state of its disk. */
export interface OpenedLog {
  readonly log: Log;
  /** Why nothing can be stored, since the last successful write. */
  readonly writeError: () => string | undefined;
}

/**
 * Opens the log for writing, and reports its state.
 *
 * @throws LogError
 */
export async function openLog(
  world: LogWorld,
  options: LogOptions,
  meter: Required<Pick<LogHooks, 'onSync' | 'onWriteError'>>,
  talk: Talk,
): Promise<OpenedLog> {
  let failure: { readonly message: string; readonly storedRecords: number } | undefined;
  const writeError = (): string | undefined =>
    failure?.storedRecords === log.stats().storedRecords ? failure.message : undefined;
  const log = await Log.open(world, {
    ...options,
    hooks: {
      onSync: meter.onSync,
      onWriteError(error, events) {
        meter.onWriteError(error, events);
        // Reported by the regular check of the folder, whether or not anything is to be stored.
        if (error instanceof DisplacedError) return;
        // Once, not for every request that it affects.
        if (writeError() === undefined) talk.error('events cannot be stored', { error: error.message, events });
        failure = { message: error.message, storedRecords: log.stats().storedRecords };
      },
      onPackFailed(segment, error) {
        if (error instanceof DisplacedError) return;
        talk.warn('a segment stays unpacked', { segment: segment.number, error: String(error) });
      },
    },
  });
  if (log.torn !== undefined) {
    const { file, offset, cutBytes, keptIn, missingBytes } = log.torn;
    talk.warn('what lay behind the last intact record of the log was cut off', { file, offset, cutBytes, keptIn });
    if (missingBytes > 0) talk.error('stored events are lost', { file, offset, missingBytes });
  }
  for (const { message } of log.losses) talk.error('stored events are lost', { problem: message });
  if (log.keysLost !== undefined) reportKeysLost(log.keysLost, log.folder, talk);
  return { log, writeError };
}

function reportKeysLost({ kind, noted }: NonNullable<Log['keysLost']>, log: string, talk: Talk): void {
  const what =
    kind === 'damaged' ? 'the table of idempotency keys was damaged' : 'the table of idempotency keys was gone';
  if (noted > 0) talk.warn(`${what}: it was recreated from the log's claims`, { log, keys: noted });
  else talk.error(`${what}, and no claims are left: events that come again are stored again`, { log });
}
