import { comparePositions, DisplacedError, type Log, type LogPosition } from '../../../log/index.js';
import type { StateFolder } from './state-folder.js';
import type { Talk } from '../../talk.js';

/** Why a daemon's folder is not where it was, and what to do; undefined: it is. */
export interface FoldersAway {
  readonly log: string | undefined;
  readonly state: string | undefined;
}

/** The folders that a daemon keeps everything in. */
export interface OwnFolders {
  /** Looks at them, and tells what has changed since the last look. Quick. */
  look(): FoldersAway;
}

/** @param log undefined while it is opened */
export function ownFolders(log: () => Log | undefined, state: StateFolder, talk: Talk): OwnFolders {
  let told: FoldersAway = { log: undefined, state: undefined };
  return {
    look() {
      const now: FoldersAway = { log: log()?.look()?.message, state: state.trouble() };
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
 * What the end of a daemon leaves undone because its folders are not where they were, for a person.
 *
 * @param processed everything before it is processed
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

/** Undefined when they can't be counted any more. */
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
