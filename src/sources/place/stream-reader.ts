import { fingerprintOf, isSameFingerprint, type FilePlace } from '../../files/index.js';
import { inTwo, type Block, type Source } from '../block.js';
import { startMark, type InputMark } from './input-mark.js';
import { markAfterBlock, markAfterBytes, sourceBytes } from './mark-after.js';

const NEWLINE = 0x0a;

/** The state of positions in a stream, see `PlaceState`. `went-on`: the last line, which had no newline, is longer now. */
export type StreamState =
  { readonly kind: 'good' | 'went-on' | 'edited' | 'other' } | { readonly kind: 'cut'; readonly size: number };

interface ReadingTo {
  readonly onPassed?: (block: Block) => Promise<void>;
  readonly givesUp?: boolean;
  readonly endMayChange?: boolean;
}

/**
 * Reads a source from its start, because it can't be read from elsewhere: standard input, or decompressed data. Reads up to a
 * position first, which shows whether the position is still valid, and then continues from there.
 */
export class StreamReader {
  readonly #iterator: AsyncIterator<Block>;
  /** Everything before this mark was skipped. */
  #mark: InputMark;
  /** Blocks from the mark on that were already read. */
  #pending: Block[] = [];

  /** @param node the inode of a file whose content is decompressed */
  constructor(source: Source, signal: AbortSignal, node?: string) {
    this.#mark = startMark(node);
    this.#iterator = source.blocks(signal)[Symbol.asyncIterator]();
  }

  /** Where {@link blocks} continues. */
  get mark(): InputMark {
    return this.#mark;
  }

  /**
   * Reads up to a position, or to the end of the source if that comes first.
   *
   * @param end the position after a last line without a newline that was processed
   * @param onPassed called with the blocks before the position
   * @param givesUp stops as soon as the beginning shows that this is another source
   * @param endMayChange the last line stands for a record of another format, whose text changes if the record is continued
   * @throws SourceError
   */
  async readTo(
    place: FilePlace,
    end: FilePlace | undefined,
    { onPassed, givesUp = false, endMayChange = false }: ReadingTo = {},
  ): Promise<StreamState> {
    while (this.#mark.offset < place.offset) {
      if (givesUp && beginsOtherwise(this.#mark, place)) return { kind: 'other' };
      const block = await this.#next();
      if (block === undefined) {
        return beginsOtherwise(this.#mark, place) ? { kind: 'other' } : { kind: 'cut', size: this.#mark.offset };
      }
      const [passed, rest] = splitAt(block, place.offset - this.#mark.offset);
      if (passed === undefined) {
        this.#pending.push(block);
        return { kind: beginsOtherwise(this.#mark, place) ? 'other' : 'edited' };
      }
      this.#mark = markAfterBlock(this.#mark, passed);
      if (rest !== undefined) this.#pending.push(rest);
      if (onPassed !== undefined) await onPassed(passed);
      else if (passed.kind === 'lines') passed.recycle?.(passed.bytes);
    }
    const judged = classify(this.#mark, place);
    return judged === 'good' && end !== undefined ? this.#stateOfEnd(end, endMayChange) : { kind: judged };
  }

  /**
   * Skips this many lines, or as many as there are.
   *
   * @throws SourceError
   */
  async skipLines(lines: number): Promise<void> {
    while (this.#mark.lines < lines) {
      const block = this.#pending.shift() ?? (await this.#next());
      if (block === undefined) return;
      const [passed, rest] = splitBehindLines(block, lines - this.#mark.lines);
      this.#mark = markAfterBlock(this.#mark, passed);
      if (rest !== undefined) this.#pending.unshift(rest);
    }
  }

  /** The blocks from the mark on. */
  async *blocks(): AsyncGenerator<Block> {
    try {
      yield* this.#pending.splice(0);
      for (let block = await this.#next(); block !== undefined; block = await this.#next()) yield block;
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    await this.#iterator.return?.();
  }

  /** Whether the line without a newline is unchanged and nothing follows it. Keeps the blocks that it reads. */
  async #stateOfEnd(end: FilePlace, mayChange: boolean): Promise<StreamState> {
    const blocks = this.#pending.splice(0);
    let held = blocks.reduce((sum, block) => sum + sourceBytes(block), 0);
    // One more byte shows that the line was continued.
    while (this.#mark.offset + held <= end.offset) {
      const block = await this.#next();
      if (block === undefined) break;
      held += sourceBytes(block);
      blocks.push(block);
    }
    this.#pending = blocks;
    const size = this.#mark.offset + held;
    if (size < end.offset) return mayChange && held > 0 ? { kind: 'went-on' } : { kind: 'cut', size };
    const atEnd = markAt(this.#mark, blocks, end.offset);
    if (atEnd !== undefined && classify(atEnd, end) !== 'good') return { kind: mayChange ? 'went-on' : 'edited' };
    return { kind: size === end.offset ? 'good' : 'went-on' };
  }

  async #next(): Promise<Block | undefined> {
    const result = await this.#iterator.next();
    return result.done === true ? undefined : result.value;
  }
}

function classify(mark: InputMark, place: FilePlace): 'good' | 'edited' | 'other' {
  if (mark.offset < place.file.head.bytes || beginsOtherwise(mark, place)) return 'other';
  return isSameFingerprint(fingerprintOf(mark.tail), place.before) ? 'good' : 'edited';
}

/** Whether enough was read to see that the beginning differs, and it does. */
function beginsOtherwise({ head, offset }: InputMark, { file: { head: known } }: FilePlace): boolean {
  return offset >= known.bytes && !isSameFingerprint(fingerprintOf(head.subarray(0, known.bytes)), known);
}

/** The mark at an offset within blocks; undefined if the offset is within a line that is too long to keep. */
function markAt(start: InputMark, blocks: readonly Block[], offset: number): InputMark | undefined {
  let mark = start;
  for (const block of blocks) {
    const left = offset - mark.offset;
    if (left >= sourceBytes(block)) mark = markAfterBlock(mark, block);
    else if (left <= 0) break;
    else if (block.kind === 'lines') return markAfterBytes(mark, block.bytes.subarray(0, left));
    else return undefined;
  }
  return mark;
}

/**
 * Splits a block after this many of its source's bytes.
 *
 * @returns no first part if the block can't be split; no second part if nothing remains
 */
function splitAt(block: Block, count: number): readonly [Block | undefined, Block | undefined] {
  if (sourceBytes(block) <= count) return [block, undefined];
  const at = count - (block.bytesBefore ?? 0);
  return block.kind === 'overlong' || at <= 0 ? [undefined, block] : inTwo(block, at);
}

/** Splits a block after this many lines; no second part if it has no more lines. */
function splitBehindLines(block: Block, lines: number): readonly [Block, Block | undefined] {
  if (block.kind === 'overlong') return [block, undefined];
  let at = 0;
  for (let line = 0; line < lines; line++) {
    const newline = block.bytes.indexOf(NEWLINE, at);
    if (newline === -1) return [block, undefined];
    at = newline + 1;
  }
  return at === block.bytes.length ? [block, undefined] : inTwo(block, at);
}
