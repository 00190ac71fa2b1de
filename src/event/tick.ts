import { metadataText } from './print.js';
import { readStoredEvent } from './read.js';

/** Where ticks come from, as their metadata says. */
const SOURCE = 'tick';
/** Only a tick ends like this: no other event has the key. */
const END = ',"tick":true}}';
const END_BYTES = Buffer.from(END);
const NEWLINE = 0x0a;

/** That time passes while no events come, stored among them. */
export interface Tick {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** Before it nobody was there to take events: that none came says nothing. */
  readonly isStart: boolean;
}

const AT_START = '"start"';
const DUE = 'null';

/**
 * The record by which a log says that time passes, while no events come for a pipeline: its stages close by it what time closes,
 * when it is read, and whenever it is read again.
 *
 * @returns JSON texts
 */
export function tickRecord(
  pipeline: string,
  { isStart }: Pick<Tick, 'isStart'>,
): { readonly data: string; readonly metadata: string } {
  return { data: isStart ? AT_START : DUE, metadata: metadataText(SOURCE, pipeline, { tick: true }) };
}

/** Whether a stored line is a tick, and no event. @param line without its newline */
export function isTick(line: string): boolean {
  return line.endsWith(END);
}

/** The same for the bytes `start` to `end` of a line, which may end in its newline. */
export function isTickLine(bytes: Buffer, start: number, end: number): boolean {
  const to = bytes[end - 1] === NEWLINE ? end - 1 : end;
  const from = to - END_BYTES.length;
  return from >= start && bytes.compare(END_BYTES, 0, END_BYTES.length, from, to) === 0;
}

/** Reads a line that {@link isTick}; undefined where it only looks like one. */
export function readTick(line: string): (Tick & { readonly pipeline: string }) | undefined {
  const event = readStoredEvent(line);
  if (event?.origin.tick !== true) return undefined;
  const { id, timestamp, pipeline } = event.origin;
  return { id, timestamp, pipeline, isStart: event.data === AT_START };
}

/** Stored lines without the ticks among them. */
export function withoutTicks(bytes: Buffer): Buffer {
  if (!bytes.includes(END_BYTES)) return bytes;
  const kept: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, at);
    const end = newline === -1 ? bytes.length : newline + 1;
    if (!isTickLine(bytes, at, end)) kept.push(bytes.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}
