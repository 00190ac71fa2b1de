import { inTwo, type Block } from '../block.js';
import type { InputMark } from './input-mark.js';
import { markAfterBlock } from './mark-after.js';

const NEWLINE = 0x0a;

/** How far a run has processed an input once a block is delivered; the `resumeAt` of {@link placedBlocks}. */
export class InputReached {
  /**
   * @param input index of the input
   * @param place after the last whole line
   * @param end after the last line without a newline, once that line is delivered too
   * @param finished whether the input was read to its end
   */
  constructor(
    readonly input: number,
    readonly place: InputMark,
    readonly end: InputMark | undefined,
    readonly finished: boolean,
  ) {}
}

/** An input that is read from a position onward. */
export interface PlacedInput {
  /** The name for people. */
  readonly source: string;
  /** Its index among the run's inputs. */
  readonly input: number;
  /** Where the first block begins. */
  readonly start: InputMark;
  /** Called after the last block: whether the input has been read completely. */
  readonly isWhole: () => boolean;
}

/**
 * Adds to each block of an input the position that it reaches, counting earlier lines. A last line without a newline gets a block
 * of its own: it may be continued later and is then processed again. After the last block comes an empty block that says so.
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
