import { openLogReader } from '../../log/index.js';
import { logSource, type Block } from '../../sources/index.js';
import type { OpenReplay } from './open-replay.js';

const ID_START = '{"id":"'.length;
const QUOTE = 0x22;

export type AcceptsLine = (bytes: Buffer, start: number, end: number) => boolean;

/** The chosen events of the stored log, as their lines. Beside a running daemon: up to where the log ends now. */
export function storedBlocks(
  { plan, world, signal, onDamage }: OpenReplay,
  options: { readonly singleLines: boolean; readonly accepts?: AcceptsLine },
): AsyncIterable<Block> {
  const { since, until, fromId } = plan.choice;
  const isWanted = options.accepts ?? (() => true);
  const isFrom = fromId === undefined ? () => true : fromTheId(fromId);
  const source = logSource(openLogReader(world, plan.logFolder), {
    from: { since },
    ...(until !== undefined && { until }),
    singleLines: options.singleLines,
    accepts: (bytes, start, end) => isFrom(bytes, start) && isWanted(bytes, start, end),
    onDamage,
  });
  return source.blocks(signal);
}

/** From the first event on whose id is not before this one: ids sort by time, in the order of the log. */
function fromTheId(fromId: string): (bytes: Buffer, start: number) => boolean {
  let isReached = false;
  return (bytes, start) => {
    if (isReached) return true;
    const id = bytes.toString('latin1', start + ID_START, bytes.indexOf(QUOTE, start + ID_START));
    isReached = id >= fromId;
    return isReached;
  };
}
