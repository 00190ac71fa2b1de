import { inTwo, type Block } from '../block.js';
import type { InputMark } from './input-mark.js';
import { markAfterBlock } from './mark-after.js';

const NEWLINE = 0x0a;

/** How far a run came in an input once a block is out: the `resumeAt` of {@link placedBlocks}. */
export class InputReached {
  /**
   * @param input which of the run's inputs it is
   * @param place behind the last whole line
   * @param end behind the last line that has no newline, when that is out too
   * @param finished it was read to its end
   */
  constructor(
    readonly input: number,
    readonly place: InputMark,
    readonly end: InputMark | undefined,
    readonly finished: boolean,
  ) {}
}

/** An input that is read from a place on. */
export interface PlacedInput {
  /** For people. */
  readonly source: string;
  /** Which of the run's inputs it is. */
  readonly input: number;
  /** Where the first block begins. */
  readonly start: InputMark;
  /** Asked behind the last block: whether the input has no more. */
  readonly isWhole: () => boolean;
}

/**
 * Tells behind each block of an input how far that is, the lines that were done before it counted. A last line without a newline
 * gets a block of its own: it may go on later, and is then to be done again. Behind the last one comes an empty block that
 * says so.
 */
export async function* placedBlocks(
  blocks: AsyncIterable<Block>,
  { source, input, start, isWhole }: PlacedInput,
): AsyncGenerator<Block> {
  const empty = { kind: 'lines', bytes: Buffer.alloc(0), source } as const;
  let place = start;
  let end: InputMark | undefined;
  yield { ...empty, startsFile: true, done: { lines: start.lines } };
  for await (const block of blocks) {
    for (const part of wholeLinesApart(block)) {
      const mark = markAfterBlock(place, part);
      if (isUnfinished(part)) end = mark;
      else place = mark;
      yield { ...part, startsFile: false, resumeAt: new InputReached(input, place, end, false) };
    }
  }
  if (isWhole()) yield { ...empty, startsFile: false, resumeAt: new InputReached(input, place, end, true) };
}

function wholeLinesApart(block: Block): readonly Block[] {
  if (block.kind === 'overlong' || block.bytes.at(-1) === NEWLINE) return [block];
  const end = block.bytes.lastIndexOf(NEWLINE) + 1;
  return end === 0 ? [block] : inTwo(block, end);
}

function isUnfinished(block: Block): boolean {
  return block.kind === 'overlong' ? block.unfinished : block.bytes.at(-1) !== NEWLINE;
}
