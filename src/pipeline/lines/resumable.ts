import type { Block } from '../../sources/index.js';

const NEWLINE = 0x0a;

/** How far a run came in its inputs, as the lines themselves tell it: right for pipes and compressed files too. */
export interface InputPlace {
  /** Which of the inputs, counted from 0; inputs without a line are not counted. */
  readonly input: number;
  /** Its lines that are done. */
  readonly lines: number;
}

/** Reads a stored place; undefined when it is none. */
export function parseInputPlace(value: unknown): InputPlace | undefined {
  if (typeof value !== 'object' || value === null || !('input' in value) || !('lines' in value)) return undefined;
  const { input, lines } = value;
  return isCount(input) && isCount(lines) ? { input, lines } : undefined;
}

/**
 * Marks blocks as `done` up to a place, and tells behind each of the others the place that it reaches. A block that
 * straddles the place is cut in two.
 */
export async function* resumable(blocks: AsyncIterable<Block>, from: InputPlace | undefined): AsyncGenerator<Block> {
  let input = -1;
  let lines = 0;
  for await (const block of blocks) {
    if (block.startsFile) {
      input += 1;
      lines = 0;
    }
    const count = block.kind === 'lines' ? countLines(block.bytes) : 1;
    const doneHere = from === undefined ? 0 : input < from.input ? count : input > from.input ? 0 : from.lines - lines;
    lines += count;
    const resumeAt: InputPlace = { input, lines };
    if (doneHere >= count) {
      yield { ...block, done: { lines: count } };
    } else if (doneHere > 0 && block.kind === 'lines') {
      const cut = endOfLine(block.bytes, doneHere);
      yield { ...block, bytes: block.bytes.subarray(0, cut), done: { lines: doneHere } };
      yield { ...block, bytes: Buffer.from(block.bytes.subarray(cut)), startsFile: false, resumeAt };
    } else {
      yield { ...block, resumeAt };
    }
  }
}

/** A last line without a newline counts. */
function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return bytes.at(-1) === NEWLINE ? count : count + 1;
}

/** Where so many lines end. */
function endOfLine(bytes: Buffer, lines: number): number {
  let at = 0;
  for (let line = 0; line < lines; line++) {
    const newline = bytes.indexOf(NEWLINE, at);
    if (newline === -1) return bytes.length;
    at = newline + 1;
  }
  return at;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
