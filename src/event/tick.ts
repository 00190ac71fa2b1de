import { metadataText } from './print.js';
import { readStoredEvent } from './read.js';

/** The source of ticks, as in their metadata. */
const SOURCE = 'tick';
/** Only a tick's line ends like this, because no other event has the key. */
const END = ',"tick":true}}';
const END_BYTES = Buffer.from(END);
const NEWLINE = 0x0a;

/** A record that time passes without events, stored among the events. */
export interface Tick {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** Nobody could take events before this tick, so their absence until then means nothing. */
  readonly isStart: boolean;
}

const AT_START = '"start"';
const DUE = 'null';

/**
 * Returns the record that a log stores when time passes without events for a pipeline. Each time the record is read, the
 * pipeline's stages close whatever its time closes.
 *
 * @returns JSON texts
 */
export function tickRecord(
  pipeline: string,
  { isStart }: Pick<Tick, 'isStart'>,
): { readonly data: string; readonly metadata: string } {
  return { data: isStart ? AT_START : DUE, metadata: metadataText(SOURCE, pipeline, { tick: true }) };
}

/**
 * Whether a stored line is a tick, not an event.
 *
 * @param line without its newline
 */
export function isTick(line: string): boolean {
  return line.endsWith(END);
}

/** Does the same as {@link isTick} for the bytes `start` to `end` of a line, with or without its newline. */
export function isTickLine(bytes: Buffer, start: number, end: number): boolean {
  const to = bytes[end - 1] === NEWLINE ? end - 1 : end;
  const from = to - END_BYTES.length;
  return from >= start && bytes.compare(END_BYTES, 0, END_BYTES.length, from, to) === 0;
}

/** Parses a line that passes {@link isTick}; undefined if it only looks like a tick. */
export function readTick(line: string): (Tick & { readonly pipeline: string }) | undefined {
  const event = readStoredEvent(line);
  if (event?.origin.tick !== true) return undefined;
  const { id, timestamp, pipeline } = event.origin;
  return { id, timestamp, pipeline, isStart: event.data === AT_START };
}

/** Returns stored lines without the ticks among them. */
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
