import type { Block, OverlongLine } from '../block.js';
import { headWith, tailWith, type InputMark } from './input-mark.js';

const NEWLINE = 0x0a;
const NEWLINE_BYTES = Uint8Array.of(NEWLINE);
const BOM = Uint8Array.of(0xef, 0xbb, 0xbf);
const NOTHING = new Uint8Array(0);

/** The mark after a block that begins at `mark`. */
export function markAfterBlock(mark: InputMark, block: Block): InputMark {
  // A byte order mark is not a line.
  const start =
    block.bytesBefore === undefined
      ? mark
      : { ...markAfterBytes(mark, BOM.subarray(0, block.bytesBefore)), lines: mark.lines };
  return block.kind === 'lines' ? markAfterBytes(start, block.bytes) : markAfterOverlong(start, block);
}

/** The mark after some bytes. @param bytes whole lines, or all of a last line without a newline */
export function markAfterBytes(mark: InputMark, bytes: Uint8Array): InputMark {
  return {
    node: mark.node,
    head: headWith(mark.head, bytes),
    offset: mark.offset + bytes.length,
    lines: mark.lines + countLines(bytes),
    tail: tailWith(mark.tail, bytes),
  };
}

/** How many bytes of its source a block represents. */
export function sourceBytes(block: Block): number {
  const own = block.kind === 'lines' ? block.bytes.length : block.lineBytes + endOfLine(block).length;
  return own + (block.bytesBefore ?? 0);
}

function markAfterOverlong(mark: InputMark, line: OverlongLine): InputMark {
  const end = endOfLine(line);
  const isWhole = line.lineBytes === line.head.length;
  return {
    node: mark.node,
    head: headWith(headWith(mark.head, line.head), isWhole ? end : NOTHING),
    offset: mark.offset + line.lineBytes + end.length,
    lines: mark.lines + 1,
    tail: tailWith(tailWith(mark.tail, line.tail), end),
  };
}

function endOfLine({ unfinished }: OverlongLine): Uint8Array {
  return unfinished ? NOTHING : NEWLINE_BYTES;
}

/** A last line without a newline counts as a line. */
function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return bytes.length === 0 || bytes.at(-1) === NEWLINE ? count : count + 1;
}
