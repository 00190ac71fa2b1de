import { isTickLine } from '../../event/index.js';
import type { Block } from '../../sources/index.js';

const NEWLINE = 0x0a;

/** How many more events may come: shared by consecutive inputs. */
export interface EventsLeft {
  count: number;
}

/**
 * Ends the input after this many events. Blank lines and ticks are not events: they pass uncounted, as do events that an earlier
 * run has finished.
 */
export async function* limitEvents(blocks: AsyncIterable<Block>, events: number | EventsLeft): AsyncGenerator<Block> {
  const left = typeof events === 'number' ? { count: events } : events;
  if (left.count <= 0) return;
  for await (const block of blocks) {
    if (block.done !== undefined) {
      yield block;
    } else if (block.kind === 'overlong') {
      left.count -= 1;
      yield block;
    } else {
      const cut = bytesOfEvents(block.bytes, left.count);
      left.count -= cut.events;
      yield cut.bytes === block.bytes.length ? block : { ...block, bytes: block.bytes.subarray(0, cut.bytes) };
    }
    if (left.count === 0) return;
  }
}

/** Returns where the line of the last wanted event ends, and how many events there are up to it: at most `eventsMax`. */
export function bytesOfEvents(bytes: Buffer, eventsMax: number): { bytes: number; events: number } {
  let events = 0;
  let at = 0;
  while (at < bytes.length && events < eventsMax) {
    const newline = bytes.indexOf(NEWLINE, at);
    const end = newline === -1 ? bytes.length : newline + 1;
    if (!isBlankLine(bytes, at, end) && !isTickLine(bytes, at, end)) events += 1;
    at = end;
  }
  return { bytes: at, events };
}

function isBlankLine(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d && byte !== NEWLINE) return false;
  }
  return true;
}
