import { idOfLine } from '../../event/index.js';
import { openReadOnlyLog } from '../../log/index.js';
import { logSource, mergeSources, type Block } from '../../sources/index.js';
import type { OpenReplay } from './open-replay.js';

export type AcceptsLine = (bytes: Buffer, start: number, end: number) => boolean;

/** Reads the selected events of the stored log as lines. Beside a running daemon, it reads up to where the log ends now. */
export function storedBlocks(
  { plan, world, signal, onDamage }: OpenReplay,
  options: { readonly singleLines: boolean; readonly accepts?: AcceptsLine },
): AsyncIterable<Block> {
  const { since, until, fromId } = plan.choice;
  const accepts = fromId === undefined ? options.accepts : bothOf(fromTheId(fromId), options.accepts);
  const source = logSource(openReadOnlyLog(world, plan.logFolder), {
    from: { since },
    ...(until !== undefined && { until }),
    singleLines: options.singleLines,
    ...(accepts && { accepts }),
    onDamage,
  });
  // The next block is read while the current one is processed.
  return mergeSources([source], 'side-by-side', signal);
}

function bothOf(isFrom: AcceptsLine, accepts: AcceptsLine | undefined): AcceptsLine {
  if (accepts === undefined) return isFrom;
  return (bytes, start, end) => isFrom(bytes, start, end) && accepts(bytes, start, end);
}

/** Accepts events from the first one whose id is not before `fromId`: ids sort by time, in the order of the log. */
function fromTheId(fromId: string): AcceptsLine {
  let isReached = false;
  return (bytes, start) => {
    if (isReached) return true;
    isReached = (idOfLine(bytes, start) ?? '') >= fromId;
    return isReached;
  };
}
