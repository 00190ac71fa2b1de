import { comparePositions, DisplacedError, type Log, type LogPosition } from '../../../log/index.js';
import type { StateFolder } from './state-folder.js';
import type { Talk } from '../../talk.js';

/** For each of the daemon's folders, why it is not in its place, and what to do; undefined: it is in its place. */
export interface FoldersAway {
  readonly log: string | undefined;
  readonly state: string | undefined;
}

/** The folders in which a daemon keeps everything. */
export interface OwnFolders {
  /** Checks them, and reports what has changed since the last check. Fast. */
  check(): FoldersAway;
}

/** @param log undefined until it is open */
export function ownFolders(log: () => Log | undefined, state: StateFolder, talk: Talk): OwnFolders {
  let told: FoldersAway = { log: undefined, state: undefined };
  return {
    check() {
      const now: FoldersAway = { log: log()?.checkFolder()?.message, state: state.trouble() };
      if (now.log !== told.log) {
        if (now.log !== undefined)
          talk.error('the stored log is not where it was: no events are taken', { reason: now.log });
        else talk.info('the stored log is back, and events are taken again');
      }
      if (now.state !== told.state) {
        if (now.state !== undefined) {
          talk.error('the state folder is not where it was: no events are processed', { reason: now.state });
        } else talk.info('the state folder is back, and events are processed again');
      }
      return (told = now);
    },
  };
}

/**
 * What a daemon leaves undone at its end because its folders are not in their place, as messages for the user.
 *
 * @param processed everything before this position is processed
 */
export async function leftUndone(away: FoldersAway, log: Log, processed: LogPosition): Promise<readonly string[]> {
  if (away.log === undefined && away.state === undefined) return [];
  const { end } = log;
  const isBehind = comparePositions(processed, end) < 0;
  const range = `segment ${processed.segment}, byte ${processed.offset} to segment ${end.segment}, byte ${end.offset}`;
  const count = isBehind ? await recordsBetween(log, processed) : 0;
  const what = count === undefined ? 'acknowledged events' : `${count} acknowledged events`;
  const ofLog = isBehind
    ? `${what} are not processed (${range}): they are in the folder that was moved, or lost with it`
    : 'all acknowledged events are processed';
  return [
    ...(away.log === undefined ? [] : [`${away.log}. At the end, ${ofLog}`]),
    ...(away.state === undefined ? [] : [`${away.state}. At the end, the last checkpoint could not be kept`]),
  ];
}

/** Undefined if the records can no longer be counted. */
async function recordsBetween(log: Log, from: LogPosition): Promise<number | undefined> {
  try {
    let records = 0;
    for await (const block of log.read({ from })) records += block.records;
    return records;
  } catch (error) {
    if (error instanceof DisplacedError) return undefined;
    throw error;
  }
}
