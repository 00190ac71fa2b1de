import type { BlockContent } from './event-lines.js';

const NEWLINE = 0x0a;

/** Counts the lines. The last one may lack its newline. */
export function linesIn(bytes: Buffer): number {
  let lines = 0;
  for (let at = 0; at < bytes.length; lines++) at = endOfLine(bytes, at);
  return lines;
}

/** The lines with these numbers, excluding `to`. */
export function linesOf(bytes: Buffer, from: number, to: number): Buffer {
  const start = startOf(bytes, from);
  return bytes.subarray(start, start + startOf(bytes.subarray(start), to - from));
}

/** A block without its first lines; undefined if it has no more. */
export function linesFrom(block: BlockContent, from: number): BlockContent | undefined {
  if (block.kind !== 'lines') return undefined;
  const bytes = block.bytes.subarray(startOf(block.bytes, from));
  return bytes.length === 0 ? undefined : { kind: 'lines', bytes };
}

/** Where a line begins. */
function startOf(bytes: Buffer, line: number): number {
  let start = 0;
  for (let at = 0; at < line; at++) start = endOfLine(bytes, start);
  return start;
}

/** Where the next line begins. */
function endOfLine(bytes: Buffer, start: number): number {
  const newline = bytes.indexOf(NEWLINE, start);
  return newline === -1 ? bytes.length : newline + 1;
}
